import Federation
import Registry
import TestSupport
import Testing
import Topology

@Suite("The way of an entry that is looked up by itself")
struct AnswerPathTests {
    @Test("is told in the answer's head, and ends with who knows it at first hand")
    func heads() async throws {
        let far = try await Upstreams.embedded("far")
        let client = RegistryClient("\(far.address)", far.client)
        let cart = try await client.register("cart")
        let instance = try await client.start("one", of: cart)
        let near = try await Upstreams.registry(over: far)
        let process = far.federation.registry.view.revision.process
        let microservice = "/v4/default/registry/microservices/\(cart)"
        for path in [microservice, microservice + "/instances/\(instance)"] {
            let (first, second) = (try await far.ask("GET", path), try await near.ask("GET", path))
            #expect(first.status == 200 && second.status == 200)
            #expect(first.header("X-Mainstem-Process") == process && first.header("X-Mainstem-Via") == nil)
            #expect(second.header("X-Mainstem-Process") == near.federation.registry.view.revision.process)
            #expect(second.header("X-Mainstem-Via") == process)
            #expect(first.header("X-Mainstem-Source") == "far" && second.header("X-Mainstem-Source") != nil)
        }
        await near.stop()
        await far.stop()
    }
}
