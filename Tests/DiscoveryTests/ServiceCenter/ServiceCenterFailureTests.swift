import Discovery
import Registry
import TestSupport
import Testing

@Suite("A service-center that fails")
struct ServiceCenterFailureTests {
    @Test("fails by its kind, and the next good read reports only what is different", arguments: Fault.all)
    func recovers(fault: Fault) async throws {
        let old = SampleDump()
        var changed = old
        changed.rename("i0", of: "s0", to: "other")
        let new = changed.bytes
        let settings = "timeout: \(fault.timeout), maxBodyBytes: 64KiB"
        try await withSource([{ _ in .respond(body: old.bytes) }], settings: settings) { servers, source async throws in
            #expect(try await reading(source).delta.changeCount == 12)
            servers[0].script = { _ in fault.answer }
            let seen = try #require(await failure(of: source))
            #expect(fault.isExpected(seen), "\(seen)")
            servers[0].script = { _ in .respond(body: old.bytes) }
            #expect(try await reading(source).delta.isEmpty)
            servers[0].script = { _ in fault.answer }
            _ = await failure(of: source)
            servers[0].script = { _ in .respond(body: new) }
            let last = try await reading(source)
            #expect(last.delta.instances.map(\.id.text) == ["i0"])
            #expect(last.delta.changeCount == 1)
        }
    }

    @Test("and compresses half a dump is not believed")
    func tornCompression() async throws {
        let packed = try gzipped(SampleDump(microservices: 50, instances: 10).bytes)
        let torn = Array(packed.prefix(packed.count / 2))
        let answer = ScriptedAnswer.respond(headers: [("Content-Encoding", "gzip")], body: torn)
        try await withSource([{ _ in answer }]) { _, source async throws in
            let label = await failure(of: source)?.label
            #expect(label == "malformed" || label == "unreachable")
        }
    }

    @Test("by a malformed entry says of which table and where")
    func malformedEntry() async throws {
        var dump = SampleDump()
        dump.add("instances", "/cse-sr/inst/files/default/default/s0/bad", #"{"instanceId":"good","serviceId":"s0"}"#)
        let bytes = dump.bytes
        try await withSource([{ _ in .respond(body: bytes) }]) { _, source async throws in
            guard case .malformed(let problem, let offset)? = await failure(of: source) else {
                Issue.record("the entry was believed")
                return
            }
            #expect(problem == "entry of instances: the value's instanceId is not the key's")
            #expect(String(decoding: bytes[offset...], as: UTF8.self).hasPrefix(#"{"instanceId":"good""#))
        }
    }

    @Test("by a status whose text never comes is refused by the status")
    func refusedAndHangs() async throws {
        try await withSource([{ _ in .headThenHang(status: 502) }], settings: "timeout: 1s") { _, source in
            let isRefused = await ScriptedServer.eventually {
                if case .refused(502, _)? = await failure(of: source) { true } else { false }
            }
            #expect(isRefused)
        }
    }

    @Test("because nobody listens cannot be reached")
    func refused() async throws {
        try await withSource([{ _ in .hang }]) { servers, source async throws in
            await servers[0].stop()
            let failure = await failure(of: source)
            #expect(failure?.label == "unreachable")
            #expect(failure?.description.contains(servers[0].url) == true)
        }
    }

    @Test("is left at once when the read is cancelled")
    func cancellation() async throws {
        try await withSource([{ _ in .hang }, { _ in .hang }], settings: "timeout: 600s") {
            servers, source async throws in
            let reading = Task { await failure(of: source) }
            #expect(await ScriptedServer.eventually { servers[0].requests.count == 1 })
            reading.cancel()
            #expect(await reading.value == .cancelled)
            #expect(await ScriptedServer.eventually { servers[0].openConnections == 0 })
            #expect(servers[1].requests.isEmpty)
        }
    }
}
