import Locks
import TestSupport
import Testing
import Topology

@Suite("What a source says first after a start")
struct FirstWordTests {
    private static func dump(_ instances: [String]) -> [UInt8] {
        let entries = instances.map { id in
            """
            {"key":"/cse-sr/inst/files/default/default/s/\(id)","rev":2,"cluster":"",
            "value":{"instanceId":"\(id)","serviceId":"s","hostName":"\(id)","status":"UP","version":"1.0.0"}}
            """
        }
        let service = """
            {"key":"/cse-sr/ms/files/default/default/s","rev":1,"cluster":"",
            "value":{"serviceId":"s","appId":"shop","serviceName":"cart","version":"1.0.0"}}
            """
        return Array(#"{"cache":{"services":[\#(service)],"instances":[\#(entries.joined(separator: ","))]}}"#.utf8)
    }

    @Test("comes as UPDATE, because a watcher may have it from before; what is new later comes as CREATE")
    func update() async throws {
        let instances = Mutex<[String]?>(nil)
        let upstream = try await ScriptedServer.start { _ in
            let known = instances.withLock { $0 }
            return known.map { .respond(body: FirstWordTests.dump($0)) } ?? .respond(status: 503)
        }
        let registry = try await LiveRegistry.start(
            Topology.parse(
                """
                home: home
                sources:
                  - {name: home, plugin: local}
                  - name: far
                    plugin: servicecenter
                    settings: {endpoints: ["\(upstream.url)"], interval: 100ms}
                """, file: "test"))
        let client = RegistryClient("\(registry.address)", registry.client)
        let web = try await client.register("web")
        let relation = """
            {"dependencies":[{"consumer":{"appId":"shop","serviceName":"web","version":"1.0.0"},
            "providers":[{"appId":"shop","serviceName":"cart","version":"0+"}]}]}
            """
        #expect(try await client.ask("PUT", "/v4/default/registry/dependencies", body: relation).status == 200)
        let watch = try await WatchRecorder.open("\(registry.address)", consumer: web)
        let everything = try await WatchRecorder.open("\(registry.address)", path: "/mainstem/v1/watch")
        instances.withLock { $0 = ["old"] }
        try await watch.expect(["UPDATE far old"])
        instances.withLock { $0 = ["old", "new"] }
        try await watch.expect(["UPDATE far old", "CREATE far new"])
        // The extended watch tells this run's history as it is.
        try await everything.expect(["CREATE far old", "CREATE far new"])
        for recorder in [watch, everything] { await recorder.close() }
        await registry.stop()
        await upstream.stop()
    }
}
