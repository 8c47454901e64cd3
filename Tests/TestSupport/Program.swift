import CSpawn
package import Foundation
import Glibc

/// A program that runs beside the tests.
///
/// Foundation's `Process` reads behind the end of a buffer when it lists the files that are open, and crashes now and
/// then while there are more than a thousand of them, as all tests together have.
package struct Program: Sendable {
    /// It could not be started.
    package struct NotStarted: Error {
        package let program: String
        package let reason: String
    }

    package let pid: Int32

    /// Starts it, found as a shell finds it. What it writes goes to these files, or nowhere; it gets no other file of
    /// ours, and nothing to read.
    package init(
        _ program: String, _ arguments: [String], in directory: URL? = nil, output: FileHandle? = nil,
        error: FileHandle? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for (file, number) in [(output, STDOUT_FILENO), (error, STDERR_FILENO)] {
            if let file {
                posix_spawn_file_actions_adddup2(&actions, file.fileDescriptor, number)
            } else {
                posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0)
            }
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        if let directory { posix_spawn_file_actions_addchdir_np(&actions, directory.path(percentEncoded: false)) }
        // What is ignored or held back here would be so there.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGPIPE, SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let failure = posix_spawnp(&pid, program, &actions, &attributes, &words, environ)
        guard failure == 0 else {
            throw NotStarted(program: program, reason: String(cString: strerror(failure)))
        }
        self.pid = pid
    }

    /// Waits on this thread until it has ended; gives its status, or the number of the signal that ended it. Called
    /// once.
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : signal
    }

    /// Runs it, and gives all of its standard output; waits on this thread.
    package static func output(of program: String, _ arguments: [String]) throws -> (status: Int32, bytes: [UInt8]) {
        let pipe = Pipe()
        let started = try Program(program, arguments, output: pipe.fileHandleForWriting)
        try pipe.fileHandleForWriting.close()
        let bytes = Array(pipe.fileHandleForReading.readDataToEndOfFile())
        return (started.wait(), bytes)
    }
}
