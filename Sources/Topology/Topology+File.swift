#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Topology {
    /// The longest topology file that is read, in bytes: 1 MiB.
    package static let maxFileBytes = 1 << 20

    /// Reads and decodes a topology file. Blocks while it reads.
    ///
    /// Throws when the file cannot be read, is longer than `maxFileBytes`, is not UTF-8, or does not decode.
    package static func read(file: String) throws(TopologyError) -> Topology {
        try parse(try text(of: file), file: file)
    }

    /// Reads a topology file without decoding it. Blocks while it reads.
    package static func text(of file: String) throws(TopologyError) -> String {
        let bytes = try contents(of: file)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
            throw TopologyError(
                file: file, line: bad.map { $0 + 1 }, problem: "not UTF-8", remedy: "save the file as UTF-8"
            )
        }
        return text
    }

    private static func contents(of file: String) throws(TopologyError) -> [UInt8] {
        guard let stream = fopen(file, "re") else { throw unreadable(file, errno) }
        defer { fclose(stream) }
        var contents = [UInt8](repeating: 0, count: maxFileBytes + 1)
        let count = fread(&contents, 1, contents.count, stream)
        guard ferror(stream) == 0 else { throw unreadable(file, errno) }
        guard count <= maxFileBytes else {
            let limit = ByteSize.text(maxFileBytes)
            throw TopologyError(file: file, line: nil, problem: "longer than \(limit), the most that is read")
        }
        return Array(contents.prefix(count))
    }

    private static func unreadable(_ file: String, _ code: Int32) -> TopologyError {
        TopologyError(
            file: file, line: nil, problem: "cannot be read: \(String(cString: strerror(code)))",
            remedy: "name a topology file that exists and that this user may read"
        )
    }
}
