import Discovery
import Foundation
import Glibc
import Locks
import TestSupport
import Testing

/// The embedded home over the ends of its process, with the real binary.
@Suite(.serialized)
struct HomeTests {
    private static func state() -> String {
        FileManager.default.temporaryDirectory.appending(path: "mainstem-state-\(UUID())").path()
    }

    private static func serve(_ state: String) throws -> MainstemProcess {
        try MainstemProcess(["serve", "--local", "home", "--listen", "127.0.0.1:0", "--state", state])
    }

    /// The instances that were acknowledged.
    private final class Acknowledged: Sendable {
        private let ids = Mutex<Set<String>>([])
        var all: Set<String> { ids.withLock { $0 } }
        func add(_ id: String) { ids.withLock { _ = $0.insert(id) } }
    }

    @Test("kill -9 in the middle of many writes loses nothing that was acknowledged")
    func killed() async throws {
        let (state, transfers) = (HomeTests.state(), HTTPTransfers())
        let acknowledged = Acknowledged()
        for round in 0..<3 {
            let process = try HomeTests.serve(state)
            let client = RegistryClient(try await process.address(), transfers)
            let service = try await client.register("cart")
            #expect(Set(try await client.instanceIDs(of: service)).isSuperset(of: acknowledged.all))
            let before = acknowledged.all.count
            let writers = (0..<8).map { writer in
                Task {
                    for number in 0..<10_000 {
                        acknowledged.add(try await client.start("h-\(round)-\(writer)-\(number)", of: service))
                    }
                }
            }
            try await eventually("some are acknowledged") { acknowledged.all.count > before + 100 }
            process.signal(SIGKILL)
            _ = try await process.ended()
            for writer in writers { await #expect(throws: (any Error).self) { try await writer.value } }
        }
        let process = try HomeTests.serve(state)
        let client = RegistryClient(try await process.address(), transfers)
        let service = try await client.register("cart")
        let found = Set(try await client.instanceIDs(of: service))
        #expect(acknowledged.all.count > 300)
        #expect(found.isSuperset(of: acknowledged.all))
        process.signal(SIGTERM)
        #expect(try await process.ended() == 0)
        transfers.shutdown()
    }

    @Test("a restart keeps instances and leases: who beats lives on, who does not ends after the grace period")
    func restarted() async throws {
        let (state, transfers) = (HomeTests.state(), HTTPTransfers())
        let first = try HomeTests.serve(state)
        var client = RegistryClient(try await first.address(), transfers)
        let service = try await client.register("cart")
        let alive = try await client.start("alive", of: service, lease: (1, 2))
        _ = try await client.start("dead", of: service, lease: (1, 2))
        first.signal(SIGTERM)
        #expect(try await first.ended() == 0)
        let second = try HomeTests.serve(state)
        client = RegistryClient(try await second.address(), transfers)
        // The very first answer knows both.
        #expect(try await client.hosts(of: "cart") == ["alive", "dead"])
        try await eventually("the dead one ends") {
            let path = "/v4/default/registry/microservices/\(service)/instances/\(alive)/heartbeat"
            #expect(try await client.ask("PUT", path).status == 200)
            return try await client.hosts(of: "cart") == ["alive"]
        }
        second.signal(SIGTERM)
        #expect(try await second.ended() == 0)
        transfers.shutdown()
    }

    @Test("a disk that is full refuses writes in service-center's form, and loses nothing that was acknowledged")
    func fullDisk() async throws {
        let (state, transfers) = (HomeTests.state(), HTTPTransfers())
        // Files of at most 600 KiB; the signal that a process gets for writing more is ignored.
        let limited = "trap '' XFSZ; ulimit -f 600; exec \"$0\" serve --local home --listen 127.0.0.1:0 --state \"$1\""
        let process = try MainstemProcess(
            ["-c", limited, MainstemProcess.binary.path(), state], executable: URL(filePath: "/bin/bash"))
        var client = RegistryClient(try await process.address(), transfers)
        let service = try await client.register("cart")
        var acknowledged: Set<String> = []
        let padding = String(repeating: "x", count: 4_000)
        var refusal: LiveRegistry.Answer?
        for number in 0..<2_000 where refusal == nil {
            let body = #"{"instance":{"instanceId":"i\#(number)","hostName":"h","properties":{"p":"\#(padding)"}}}"#
            let path = "/v4/default/registry/microservices/\(service)/instances"
            let answer = try await client.ask("POST", path, body: body)
            if answer.status == 200 { acknowledged.insert("i\(number)") } else { refusal = answer }
        }
        #expect(refusal?.status == 500)
        #expect(refusal?.json?["errorCode"] == .string("500011"))
        #expect(refusal?.json?["detail"]?.text?.contains("cannot be kept") == true)
        // Reading goes on, and so do heartbeats.
        #expect(Set(try await client.instanceIDs(of: service)) == acknowledged)
        let path = "/v4/default/registry/microservices/\(service)/instances/i0/heartbeat"
        #expect(try await client.ask("PUT", path).status == 200)
        process.signal(SIGKILL)
        _ = try await process.ended()
        let next = try HomeTests.serve(state)
        client = RegistryClient(try await next.address(), transfers)
        #expect(Set(try await client.instanceIDs(of: service)) == acknowledged)
        #expect(acknowledged.count > 20)
        next.signal(SIGTERM)
        #expect(try await next.ended() == 0)
        transfers.shutdown()
    }

    @Test("two processes on one state directory, and names that are none, are refused with a remedy and status 2")
    func refused() async throws {
        let state = HomeTests.state()
        let first = try HomeTests.serve(state)
        _ = try await first.address()
        let second = try HomeTests.serve(state)
        #expect(try await second.ended() == 2)
        try await eventually("the remedy is told") { second.standardError.contains("a state directory of its own") }
        first.signal(SIGTERM)
        #expect(try await first.ended() == 0)
        let name = try MainstemProcess(["serve", "--local", "no name"])
        #expect(try await name.ended() == 2)
        try await eventually("the rule is told") { name.standardError.contains("'no name' is not a source's name") }
        let both = try MainstemProcess(["serve", "--local", "a", "--sources", "b=http://127.0.0.1:1"])
        #expect(try await both.ended() == 2)
    }
}
