import Registry
import TestSupport
import Testing

/// What is done to the upstream, and how the read is to fail.
struct Fault: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let answer: ScriptedAnswer
    /// How long a read may last: short where it is time that is to run out.
    let timeout: String
    let isExpected: @Sendable (SourceFailure) -> Bool

    init(
        _ name: String, _ answer: ScriptedAnswer, timeout: String = "100s",
        _ isExpected: @escaping @Sendable (SourceFailure) -> Bool
    ) {
        testDescription = name
        self.answer = answer
        self.timeout = timeout
        self.isExpected = isExpected
    }

    /// Half of a dump that differs from the good ones, so that a trace of it would show.
    private static let part: [UInt8] = {
        var dump = SampleDump(microservices: 6, instances: 1)
        dump.rename("i0", of: "s0", to: "never")
        return Array(dump.bytes.prefix(dump.bytes.count / 2))
    }()
    private static let html = Array("<!DOCTYPE html><html><body>Please sign in</body></html>".utf8)
    private static let refusal = Array(
        #"{"errorCode":"403001","errorMessage":"Forbidden","detail":"Required admin permission"}"#.utf8 + [0x0A])

    static let all: [Fault] = [
        Fault("hangs", .hang, timeout: "1s") { $0.label == "timeout" },
        Fault("hangs in the middle", .headThenHang(partOfBody: part), timeout: "1s") { $0.label == "timeout" },
        Fault("dribbles", .dribble(body: part, every: .milliseconds(20)), timeout: "1s") { $0.label == "timeout" },
        Fault("closes at once", .closeAtOnce) { $0.label == "unreachable" },
        Fault("resets", .reset) { $0.label == "unreachable" },
        Fault("resets in the middle", .resetAfter(partOfBody: part)) { $0.label == "unreachable" },
        Fault("is torn", .truncated(body: part, announced: part.count + 1)) { $0.label == "unreachable" },
        Fault("speaks no HTTP", .raw(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8))) { $0.label == "unreachable" },
        Fault("sends a page", .respond(body: html)) { $0 == .malformed("expected {", offset: 0) },
        Fault("sends nothing", .respond()) { $0 == .malformed("the dump ends too early", offset: 0) },
        Fault("sends no cache", .respond(body: Array("{}".utf8))) { $0.label == "malformed" },
        Fault("sends half a dump", .respond(body: part)) {
            $0 == .malformed("the dump ends too early", offset: part.count)
        },
        Fault("sends half a dump to the connection's end", .raw(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + part)) {
            $0 == .malformed("the dump ends too early", offset: part.count)
        },
        Fault("redirects", .respond(status: 302, headers: [("Location", "/login")])) {
            $0.label == "refused"
        },
        Fault("has an error", .respond(status: 500, body: Array("boom\nat line 1".utf8))) {
            if case .refused(500, let text) = $0 { text.hasSuffix(" boom") } else { false }
        },
        Fault("refuses", .respond(status: 403, body: refusal)) {
            if case .refused(403, let text) = $0 { text.contains("Required admin permission") } else { false }
        },
        Fault("refuses without end", .endless(status: 503, piece: [UInt8](repeating: 0x78, count: 4_096))) {
            if case .refused(503, let text) = $0 { text.count < 400 } else { false }
        },
        Fault("never ends", .endless(piece: [UInt8](repeating: 0x20, count: 4_096))) {
            $0 == .tooLarge(limitBytes: 65_536)
        },
        Fault("sends too much", .respond(body: SampleDump(microservices: 100, instances: 10).bytes)) {
            $0 == .tooLarge(limitBytes: 65_536)
        },
    ]
}
