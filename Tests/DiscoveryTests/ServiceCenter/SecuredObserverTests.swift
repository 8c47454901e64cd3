import Discovery
import Foundation
import Registry
import TestSupport
import Testing

@Suite("A service-center that is observed over TLS")
struct SecuredObserverTests {
    @Test("tells changes at once, and is shown our token with everything that it is asked")
    func observed() async throws {
        let authority = try await TestAuthority()
        let identity = try await authority.issue("server")
        let token = try TemporaryDirectory()
        let file = token.path + "/token"
        try "hunter2".write(toFile: file, atomically: true, encoding: .utf8)
        let upstream = ObservedUpstream()
        let server = try await ScriptedServer.start(tls: ServerTLS(identity), script: upstream.script)
        let settings = "timeout: 100s, tls: {ca: \(authority.certificate)}, token: {file: \(file)}"
        let transfers = HTTPTransfers()
        let source = try ServiceCenterPlugin().makeSource(
            declaration("up", endpoints: ["https://127.0.0.1:\(server.port)"], settings: settings),
            Surroundings(transfers: transfers, clock: SystemTimekeeper()))
        let news = News()
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await source.follow { news.take($0) } }
            try await news.read(source)
            try await eventually("it is observed: \(news.observations)") {
                news.observations.last == .observed(watches: 1, of: 1, reason: nil)
            }
            upstream.say("i9", of: "s1", hostName: "new")
            try await eventually("the change is told") { news.instances.contains("s1/i9") }
            group.cancelAll()
        }
        #expect(server.requests.allSatisfy { $0.header("Authorization") == "Bearer hunter2" })
        transfers.shutdown()
        await server.stop()
    }

    @Test("does not get its token shown by us when it repeats it", arguments: [401, 503])
    func secret(status: Int) async throws {
        let token = try TemporaryDirectory()
        let file = token.path + "/token"
        try "hunter2".write(toFile: file, atomically: true, encoding: .utf8)
        let upstream = ObservedUpstream()
        upstream.answer(
            "/watcher", .respond(status: status, body: Array("who is Authorization: Bearer hunter2?".utf8)))
        try await withObserved([upstream], settings: "timeout: 100s, token: {file: \(file)}") { _, news in
            try await eventually("it says why it is polled: \(news.observations)") {
                guard case .polled(let reason?) = news.observations.last else { return false }
                return reason.contains("\(status)")
            }
            #expect("\(news.observations)".contains("Bearer (secret)?"))
            #expect(!"\(news.observations)".contains("hunter2"))
        }
    }
}
