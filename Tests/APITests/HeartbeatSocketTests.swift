import Locks
import TestSupport
import Testing
import Topology

@Suite("The heartbeat over a WebSocket")
struct HeartbeatSocketTests {
    @Test("keeps an instance alive by its pongs at the instance's own pace, and ends with 4001 when it is gone")
    func scripted() async throws {
        let dump = """
            {"cache":{"services":[{"key":"/cse-sr/ms/files/default/default/s","rev":1,"cluster":"",
            "value":{"serviceId":"s","appId":"shop","serviceName":"cart","version":"1.0.0"}}],
            "instances":[{"key":"/cse-sr/inst/files/default/default/s/i","rev":2,"cluster":"",
            "value":{"instanceId":"i","serviceId":"s","hostName":"h","status":"UP","version":"1.0.0",
            "healthCheck":{"mode":"push","interval":1,"times":3}}}]}}
            """
        let beats = Mutex(0)
        let upstream = try await ScriptedServer.start { request in
            guard request.method == "PUT" else { return .respond(body: Array(dump.utf8)) }
            let count = beats.withLock { beats in
                beats += 1
                return beats
            }
            let gone = #"{"errorCode":"400017","errorMessage":"Instance does not exist","detail":""}"#
            return count < 3 ? .respond() : .respond(status: 400, body: Array(gone.utf8))
        }
        var topology = try Upstreams.topology([("home", upstream)])
        topology.home = "home"
        let registry = try await LiveRegistry.start(topology)
        let path = "/v4/default/registry/microservices/s/instances/i/heartbeat"
        let socket = try await WatchRecorder.open("\(registry.address)", path: path)
        try await eventually("the socket ends") { socket.end != nil }
        #expect(socket.end?.contains("4001") == true)
        #expect(beats.withLock { $0 } == 3)
        let asked = upstream.requests.filter { $0.method == "PUT" }
        #expect(asked.allSatisfy { $0.path == path })
        await registry.stop()
        await upstream.stop()
    }

    @Test("of an instance that nobody knows ends with 4001 at once")
    func unknown() async throws {
        let registry = try await Upstreams.embedded("home")
        let watcher = try await RawWatcher.open(
            registry.address, path: "/v4/default/registry/microservices/s/instances/i/heartbeat")
        let rest = try await watcher.rest()
        // A close frame, and 4001 as its code.
        #expect(rest.first == 0x88)
        #expect(rest.dropFirst(2).prefix(2).elementsEqual([UInt8(4_001 >> 8), UInt8(4_001 & 0xFF)]))
        #expect(String(decoding: rest.dropFirst(4), as: UTF8.self).contains("the instance does not exist"))
        await registry.stop()
    }

    @Test("is refused when it is asked for without an upgrade")
    func plain() async throws {
        let registry = try await Upstreams.embedded("home")
        let answer = try await registry.ask("GET", "/v4/default/registry/microservices/s/instances/i/heartbeat")
        #expect(answer.status == 400)
        await registry.stop()
    }
}
