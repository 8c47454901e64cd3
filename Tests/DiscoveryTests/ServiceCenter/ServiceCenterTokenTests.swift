import Foundation
import Locks
import Registry
import TestSupport
import Testing

@testable import Discovery

@Suite("A service-center that asks who we are")
struct ServiceCenterTokenTests {
    @Test("is shown the token of the file, and another one when the file has changed")
    func file() async throws {
        let upstream = GuardedUpstream(["one"])
        let files = ScriptedFiles(["t": "one\n"])
        try await upstream.source("token: {file: t}", files, ManualClock()) { source async throws in
            #expect(try await source.read().delta.changeCount == 12)
            // The upstream changed its mind, and the file tells of it: asked anew, at once.
            upstream.accept(["two"])
            files.write("t", "two")
            #expect(try await source.read().delta.isEmpty)
            #expect(upstream.shown == ["Bearer one", "Bearer one", "Bearer two"])
            // When the file has nothing new, nobody is asked twice.
            upstream.accept([])
            #expect(await failure(of: source)?.label == "refused")
            #expect(upstream.shown.suffix(1) == ["Bearer two"])
        }
    }

    @Test(
        "goes on with what a file had that cannot be read any more, and says so until it can",
        arguments: [("token: {file: t}", "token"), ("token: {user: me, passwordFile: t}", "password")])
    func lostFile(settings: String, kind: String) async throws {
        let upstream = GuardedUpstream(["one"])
        let files = ScriptedFiles([:])
        try await upstream.source(settings, files, ManualClock()) { source async throws in
            // Why a file that never was there keeps it from being read is the failure of the read.
            #expect(source.secretFault == nil)
            files.write("t", "one")
            #expect(source.secretFault == nil)
            for (content, problem) in [(nil, "is not there"), ("", "has not one line of text")] as [(String?, String)] {
                files.write("t", content)
                #expect(source.secretFault == "the \(kind) file 't' \(problem)")
            }
            files.write("t", "two")
            #expect(source.secretFault == nil)
        }
    }

    @Test("without the file fails by its name, and is not asked at all")
    func noFile() async throws {
        let upstream = GuardedUpstream([])
        try await upstream.source("token: {file: nowhere}", ScriptedFiles([:])) { source async throws in
            #expect(await failure(of: source) == .unauthorized("the token file that test.yaml:4 names is not there"))
            #expect(upstream.shown.isEmpty)
        }
    }

    @Test("gives a token to the user with the password, once for all who ask at the same time")
    func account() async throws {
        let upstream = GuardedUpstream([])
        let files = ScriptedFiles(["p": "pass\"word"])
        try await upstream.source("token: {user: me, passwordFile: p}", files) { source async throws in
            let client = await source.client.upstream
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask {
                        _ = try await client.ask(TransferRequest(url: "/x", timeout: .seconds(100)), as: .ours)
                    }
                }
                try await group.waitForAll()
            }
            #expect(upstream.logins == [#"{"name":"me","password":"pass\"word"}"#])
            #expect(upstream.shown == [String](repeating: "Bearer t1", count: 20))
        }
    }

    @Test("that no longer knows the token gives another one, and is asked once more")
    func forgotten() async throws {
        let upstream = GuardedUpstream([])
        let clock = ManualClock()
        let files = ScriptedFiles(["p": "password"])
        try await upstream.source("token: {user: me, passwordFile: p}", files, clock) { source async throws in
            #expect(try await source.read().delta.changeCount == 12)
            upstream.accept([])
            clock.advance(by: .seconds(6))
            #expect(try await source.read().delta.isEmpty)
            #expect(upstream.shown == ["Bearer t1", "Bearer t1", "Bearer t2"])
        }
    }

    @Test("that has no tokens is asked without one, and for one as soon as it wants one")
    func open() async throws {
        let upstream = GuardedUpstream([])
        upstream.isOpen = true
        let files = ScriptedFiles(["p": "password"])
        let clock = ManualClock()
        try await upstream.source("token: {user: me, passwordFile: p}", files, clock) { source async throws in
            #expect(try await source.read().delta.changeCount == 12)
            _ = try await source.read()
            #expect(upstream.shown == [nil, nil])
            #expect(upstream.logins.count == 1)
            upstream.isOpen = false
            _ = try await source.read()
            #expect(upstream.shown == [nil, nil, nil, "Bearer t2"])
        }
    }

    @Test("that takes neither password nor token is not asked again and again")
    func refuses() async throws {
        let upstream = GuardedUpstream(nil)
        let files = ScriptedFiles(["p": "password"])
        let clock = ManualClock()
        try await upstream.source("token: {user: me, passwordFile: p}", files, clock) { source async throws in
            for _ in 0..<10 {
                let reason = "the upstream answered status 401 without a token to the user 'me'"
                #expect(await failure(of: source) == .unauthorized(reason))
            }
            #expect(upstream.logins.count == 1)
            clock.advance(by: .seconds(1))
            _ = await failure(of: source)
            #expect(upstream.logins.count == 2)
        }
    }

    @Test("is given a writer's own credentials unchanged, ours for one who shows none, and never ours for accounts")
    func callers() async throws {
        let upstream = GuardedUpstream(["ours", "theirs"])
        try await upstream.source("token: {file: t}", ScriptedFiles(["t": "ours"])) { source async throws in
            let heartbeat = RegistryWrite.heartbeat(ServiceID("s0"), InstanceID("i0"))
            _ = try await source.perform(heartbeat, for: Caller(tenant: .default, authorization: "Bearer theirs"))
            _ = try await source.perform(heartbeat, for: Caller(tenant: .default))
            _ = try await source.perform(heartbeat, for: Caller(tenant: .default, authorization: "Bearer wrong"))
            _ = try await source.relay(RelayedRequest(.get, ["v4", "accounts"]), for: Caller(tenant: .default))
            #expect(upstream.shown == ["Bearer theirs", "Bearer ours", "Bearer wrong", nil])
        }
    }

    @Test("opens a WebSocket for who shows a token, and for who has another one after a refusal")
    func webSocket() async throws {
        let upstream = GuardedUpstream([])
        let files = ScriptedFiles(["p": "password"])
        let clock = ManualClock()
        try await upstream.source("token: {user: me, passwordFile: p}", files, clock) { source async throws in
            let client = await source.client.upstream
            try await client.webSocket("/watch", headers: [], within: .seconds(60), at: 0).close()
            upstream.accept([])
            clock.advance(by: .seconds(6))
            await #expect(throws: WebSocketClient.Failure.self) {
                try await client.webSocket("/watch", headers: [], within: .seconds(60), at: 0)
            }
            try await client.webSocket("/watch", headers: [], within: .seconds(60), at: 0).close()
            #expect(upstream.shown == ["Bearer t1", "Bearer t1", "Bearer t2"])
            #expect(upstream.logins.count == 2)
        }
    }

    @Test("hangs while it gives a token: who waits can be cancelled, and the next one asks anew")
    func cancelled() async throws {
        let upstream = GuardedUpstream([])
        let files = ScriptedFiles(["p": "password"])
        try await upstream.source("token: {user: me, passwordFile: p}", files) { source async throws in
            upstream.hangsAtLogin = true
            let waiting = (0..<3).map { _ in
                Task { try? await source.schema("s", of: ServiceRef(tenant: .default, id: ServiceID("s0"))) }
            }
            #expect(await ScriptedServer.eventually { upstream.logins.count == 1 })
            upstream.hangsAtLogin = false
            for task in waiting { task.cancel() }
            for task in waiting { _ = await task.value }
            #expect(try await source.read().delta.changeCount == 12)
        }
    }

    @Test("sees our secrets, and nobody else does")
    func secrets() async throws {
        let upstream = GuardedUpstream(nil)
        let files = ScriptedFiles(["p": "hunter2", "t": "hunter3"])
        for settings in ["token: {user: me, passwordFile: p}", "token: {file: t}"] {
            try await upstream.source(settings, files) { source async throws in
                let failure = try #require(await failure(of: source))
                var shown = "\(failure) \(String(reflecting: failure)) \(source.profile) "
                let registry = try await LiveRegistry.start([source], home: source)
                for path in ["/mainstem/v1/sources", "/metrics", "/v4/default/admin/dump", "/health"] {
                    shown += try await registry.ask("GET", path).text
                }
                let heartbeat = "/v4/default/registry/microservices/s0/instances/i0/heartbeat"
                shown += try await registry.ask("PUT", heartbeat).text
                await registry.stop()
                #expect(shown.contains("unauthorized") || shown.contains("refused"))
                #expect(!shown.contains("hunter"))
            }
        }
        #expect(upstream.logins.first?.contains("hunter2") == true)
        #expect(upstream.shown.contains("Bearer hunter3"))
        var request = TransferRequest(url: "http://127.0.0.1")
        request.token = Secret("hunter4")
        var text =
            "\(request) \(String(reflecting: request)) \(Secret("hunter5")) \(String(reflecting: Secret("hunter6")))"
        dump(request, to: &text)
        dump(Secret("hunter7"), to: &text)
        #expect(text.contains("(secret)"))
        #expect(!text.contains("hunter"))
    }
}

/// An upstream that takes certain tokens, and gives `t1`, `t2` … to those who log in.
private final class GuardedUpstream: Sendable {
    private struct State {
        /// Nil takes and gives none.
        var accepted: Set<String>?
        var shown: [String?] = []
        var logins: [String] = []
        var hangsAtLogin = false
        var isOpen = false
    }

    private let state: Mutex<State>

    init(_ accepted: Set<String>?) { state = Mutex(State(accepted: accepted)) }

    /// What came in `Authorization`, logins left out.
    var shown: [String?] { state.withLock { $0.shown } }
    var logins: [String] { state.withLock { $0.logins } }
    /// Whether it asks nobody who he is, and has no tokens.
    var isOpen: Bool {
        get { state.withLock { $0.isOpen } }
        set { state.withLock { $0.isOpen = newValue } }
    }
    var hangsAtLogin: Bool {
        get { state.withLock { $0.hangsAtLogin } }
        set { state.withLock { $0.hangsAtLogin = newValue } }
    }

    func accept(_ tokens: Set<String>) { state.withLock { $0.accepted = tokens } }

    func source(
        _ settings: String, _ files: ScriptedFiles, _ clock: any Timekeeper = SystemTimekeeper(),
        _ test: (ServiceCenterSource) async throws -> Void
    ) async throws {
        let server = try await ScriptedServer.start { self.answer($0) }
        let transfers = HTTPTransfers()
        let result: Result<Void, any Error>
        do {
            let made = try ServiceCenterPlugin().makeSource(
                declaration("up", endpoints: [server.url], settings: "timeout: 100s, " + settings),
                Surroundings(transfers: transfers, clock: clock, files: files))
            try await test(try #require(made as? ServiceCenterSource))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        transfers.shutdown()
        await server.stop()
        try result.get()
    }

    private func answer(_ request: RecordedRequest) -> ScriptedAnswer {
        state.withLock { state in
            if request.path == "/v4/token" {
                state.logins.append(String(decoding: request.body, as: UTF8.self))
                if state.hangsAtLogin { return .hang }
                if state.isOpen { return .respond(status: 404, body: Array("404 page not found".utf8)) }
                guard state.accepted != nil else { return .respond(status: 401) }
                let token = "t\(state.logins.count)"
                state.accepted?.insert(token)
                return .respond(body: Array(#"{"token":"\#(token)"}"#.utf8))
            }
            let shown = request.header("Authorization")
            state.shown.append(shown)
            let isKnown = state.isOpen || state.accepted?.contains { shown == "Bearer \($0)" } ?? false
            // Some repeat what they do not like.
            guard isKnown else { return .respond(status: 401, body: Array("who is \(shown ?? "")?".utf8)) }
            if request.path.hasSuffix("watch") { return .webSocket(ScriptedSocket()) }
            return .respond(body: request.path.hasSuffix("dump") ? SampleDump().bytes : Array("{}".utf8))
        }
    }
}
