package import Foundation
import Glibc
import Locks

/// The real binary, as a process of its own.
package final class MainstemProcess: Sendable {
    private struct State {
        var standardOutput = ""
        var standardError = ""
        var status: Int32?
    }

    private let state = Mutex(State())
    package let pid: Int32

    /// The binary that this test run was built with: it lies beside the test bundle.
    package static var binary: URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "mainstem")
    }

    /// Starts the binary, or another program that becomes it; its output is collected from the first byte on.
    package init(
        _ arguments: [String], executable: URL = MainstemProcess.binary, in directory: URL? = nil
    ) throws {
        let outlets = (standard: Pipe(), error: Pipe())
        let program = try Program(
            executable.path(percentEncoded: false), arguments, in: directory,
            output: outlets.standard.fileHandleForWriting, error: outlets.error.fileHandleForWriting)
        pid = program.pid
        for outlet in [outlets.standard, outlets.error] { try outlet.fileHandleForWriting.close() }
        Thread.detachNewThread { [weak self] in
            let status = program.wait()
            self?.state.withLock { $0.status = status }
        }
        collect(outlets.standard) { $0.standardOutput += $1 }
        collect(outlets.error) { $0.standardError += $1 }
    }

    /// Reads on a thread of its own until the process has closed its end. A `readabilityHandler` would do the same with
    /// a dispatch source, and libdispatch crashes now and then when many of those end at once.
    private func collect(_ pipe: Pipe, _ add: @escaping @Sendable (inout State, String) -> Void) {
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread { [weak self] in
            while case let data = handle.availableData, !data.isEmpty {
                self?.state.withLock { add(&$0, String(decoding: data, as: UTF8.self)) }
            }
        }
    }

    package var standardOutput: String { state.withLock { $0.standardOutput } }
    package var standardError: String { state.withLock { $0.standardError } }

    /// The address in the line that says that it listens; waits for that line.
    package func address() async throws -> String {
        let line = /listening on (\S+)/
        try await eventually("mainstem listens: \(standardError)") { self.standardError.contains(line) }
        return standardError.firstMatch(of: line).map { String($0.1) } ?? ""
    }

    package func signal(_ number: Int32) { _ = Glibc.kill(pid, number) }

    /// The exit status, once it has ended; the number of the signal, when one ended it.
    package func ended() async throws -> Int32 {
        try await eventually("mainstem ends") { self.state.withLock { $0.status != nil } }
        return state.withLock { $0.status ?? -1 }
    }

    deinit {
        // Its number is another process's as soon as it has been waited for.
        if state.withLock({ $0.status == nil }) { _ = Glibc.kill(pid, SIGKILL) }
    }
}

/// Waits until something is so; fails after two minutes, with what was waited for.
package func eventually(
    _ what: @autoclosure () -> String, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw NeverHappened(what: what())
}
