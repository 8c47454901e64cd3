import Locks
import Registry
import Testing

@testable import Discovery

@Suite("A token in a file")
struct TokenFileTests {
    @Test("is looked at once a second at most, and read when the file is another one")
    func rereads() throws {
        let files = ScriptedFiles(["t": "one\n"])
        var token = TokenFile("t", declaredAt: "t.yaml:7")
        #expect(try token.token(at: .zero, files) == Secret("one"))
        files.write("t", "two")
        #expect(try token.token(at: .milliseconds(999), files) == Secret("one"))
        #expect(try token.token(at: .seconds(1), files) == Secret("two"))
        for second in 2..<10 { #expect(try token.token(at: .seconds(second), files) == Secret("two")) }
        #expect(files.reads == 2)
    }

    @Test("stays what it was while the file is missing, empty or two lines long")
    func missing() throws {
        let files = ScriptedFiles(["t": "one"])
        var token = TokenFile("t", declaredAt: "t.yaml:7")
        _ = try token.token(at: .zero, files)
        for (second, content) in [(1, nil), (2, ""), (3, "a\nb")] as [(Int, String?)] {
            files.write("t", content)
            #expect(try token.token(at: .seconds(second), files) == Secret("one"))
        }
        files.write("t", "two")
        #expect(try token.token(at: .seconds(4), files) == Secret("two"))
    }

    @Test("that was never there is a failure that says where it is named, until it is there")
    func never() throws {
        let files = ScriptedFiles([:])
        var token = TokenFile("t", declaredAt: "t.yaml:7")
        let failure = #expect(throws: SourceFailure.self) { try token.token(at: .zero, files) }
        #expect(failure == .unauthorized("the token file that t.yaml:7 names is not there"))
        files.write("t", "one")
        #expect(try token.token(at: .seconds(1), files) == Secret("one"))
    }

    @Test("is read at once when the upstream refuses it, though the file looks the same")
    func refused() throws {
        let files = ScriptedFiles(["t": "one"])
        var token = TokenFile("t", declaredAt: "t.yaml:7")
        _ = try token.token(at: .zero, files)
        files.replaceUnseen("t", "two")
        token.refused()
        #expect(try token.token(at: .milliseconds(1), files) == Secret("two"))
    }

    @Test(
        "is one line of text, whatever blanks are around it",
        arguments: [
            ("a.b-c_d", "a.b-c_d"), (" a\r\n\n", "a"), ("pass word\n", "pass word"), ("", nil), ("\n \t", nil),
            ("a\nb", nil), ("a\u{0}b", nil),
        ])
    func secret(content: String, text: String?) {
        #expect(Secret(fileContent: Array(content.utf8)) == text.map { Secret($0) })
        #expect(Secret(fileContent: [0xFF]) == nil)
    }
}

/// Files that a test writes, and how often one was read.
final class ScriptedFiles: FileReader {
    private struct State {
        var files: [String: (content: String, written: Int64)] = [:]
        var writes: Int64 = 0
        var reads = 0
    }

    private let state = Mutex(State())

    init(_ files: [String: String]) {
        for (path, content) in files { write(path, content) }
    }

    var reads: Int { state.withLock { $0.reads } }

    func write(_ path: String, _ content: String?) {
        state.withLock { state in
            state.writes += 1
            state.files[path] = content.map { ($0, state.writes) }
        }
    }

    /// As a file is rewritten within one tick of the file system's clock.
    func replaceUnseen(_ path: String, _ content: String) {
        state.withLock { $0.files[path]?.content = content }
    }

    func read(_ path: String) throws(UnreadableFile) -> [UInt8] {
        let content = state.withLock { state in
            state.reads += 1
            return state.files[path]?.content
        }
        guard let content else { throw UnreadableFile(problem: "is not there") }
        return Array(content.utf8)
    }

    func stamp(of path: String) throws(UnreadableFile) -> FileStamp {
        guard let file = state.withLock({ $0.files[path] }) else { throw UnreadableFile(problem: "is not there") }
        return FileStamp(device: 1, inode: 1, bytes: Int64(file.content.utf8.count), modified: file.written)
    }
}
