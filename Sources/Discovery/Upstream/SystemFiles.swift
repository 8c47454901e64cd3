import Glibc

/// The machine's own files.
package struct SystemFiles: FileReader {
    private static let maxBytes = 1 << 20

    package init() {}

    package func read(_ path: String) throws(UnreadableFile) -> [UInt8] {
        // A pipe without a writer would hold whoever opens it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw SystemFiles.failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemFiles.failure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw UnreadableFile(problem: "is not a regular file") }
        var content = [UInt8](repeating: 0, count: SystemFiles.maxBytes + 1)
        var count = 0
        while count < content.count {
            let more = content.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count)
            }
            guard more >= 0 || errno == EINTR else { throw SystemFiles.failure(errno) }
            if more == 0 { break }
            count += max(more, 0)
        }
        guard count <= SystemFiles.maxBytes else { throw UnreadableFile(problem: "is longer than 1MiB") }
        return Array(content.prefix(count))
    }

    package func stamp(of path: String) throws(UnreadableFile) -> FileStamp {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemFiles.failure(errno) }
        // Only told apart, never reckoned with: a time beyond the year 2262 may wrap.
        let modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        return FileStamp(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), bytes: Int64(status.st_size),
            modified: modified)
    }

    private static func failure(_ code: Int32) -> UnreadableFile {
        UnreadableFile(problem: "cannot be read: \(String(cString: strerror(code)))")
    }
}
