/// The files that the settings of a source name, as a parameter.
package protocol FileReader: Sendable {
    /// All of a regular file of at most 1 MiB. Blocks while it reads.
    func read(_ path: String) throws(UnreadableFile) -> [UInt8]
    /// Differs from an earlier one when the file was written to or replaced since. Blocks for a moment.
    func stamp(of path: String) throws(UnreadableFile) -> FileStamp
}

extension FileReader {
    /// What is wrong with the file of a secret at this moment; nil when it can be read and has one.
    func problem(ofSecretIn path: String) -> String? {
        do {
            return Secret(fileContent: try read(path)) == nil ? "has not one line of text" : nil
        } catch {
            return error.problem
        }
    }
}

/// Why a file cannot be read; completes "the file … ".
package struct UnreadableFile: Error, Equatable {
    package let problem: String

    package init(problem: String) { self.problem = problem }
}

/// Which file it is, its length, and when it was written.
package struct FileStamp: Sendable, Equatable {
    var device: UInt64
    var inode: UInt64
    var bytes: Int64
    var modified: Int64

    package init(device: UInt64, inode: UInt64, bytes: Int64, modified: Int64) {
        self.device = device
        self.inode = inode
        self.bytes = bytes
        self.modified = modified
    }
}
