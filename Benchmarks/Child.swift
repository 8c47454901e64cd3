import Foundation

/// A process that the benchmark starts and measures from outside.
final class Child {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    let pid: Int32

    init(_ binary: URL, _ arguments: [String], readsStandardError: Bool = false) throws {
        process.executableURL = binary
        process.arguments = arguments
        process.standardInput = input
        if readsStandardError { process.standardError = output } else { process.standardOutput = output }
        try process.run()
        pid = process.processIdentifier
    }

    /// Another binary of the same build.
    static func sibling(_ name: String) -> URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name)
    }

    /// It did not do what it was started for.
    struct Failed: Error {
        let line: String
    }

    /// The port that a registry listens on, from its log.
    func listeningPort() throws -> Int {
        var line = line()
        while !line.contains("listening on"), !line.isEmpty { line = self.line() }
        guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else { throw Failed(line: line) }
        return port
    }

    /// The next line of its output.
    func line() -> String {
        var bytes: [UInt8] = []
        while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Gives it a line to read.
    func say(_ line: String = "") { try? input.fileHandleForWriting.write(contentsOf: Array((line + "\n").utf8)) }

    func end() {
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
    }

    /// CPU seconds so far: the 14th and 15th field of `/proc/PID/stat`, in ticks of 10 ms.
    var cpuSeconds: Double {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return 0 }
        let fields = stat[end...].split(separator: " ")
        return (Double(fields[12]) ?? 0) / 100 + (Double(fields[13]) ?? 0) / 100
    }

    /// Megabytes (10^6) of a line of `/proc/PID/status`: `VmRSS` now, `VmHWM` at most.
    func megabytes(_ name: String) -> Double {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else { return 0 }
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
        return (kibibytes.flatMap { Double($0) } ?? 0) * 1_024 / 1e6
    }
}
