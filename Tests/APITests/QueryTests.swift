import TestSupport
import Testing

@Suite("The query of our own routes")
struct QueryTests {
    @Test(
        "is refused when it has what the route does not know: the answer would be one to another question",
        arguments: [
            "sources?state=stale", "journal?sorce=home", "quarantine?source=home", "conflicts?kinds=content",
            "explain?service=shop/cart/1&instanz=a", "diff?from=home&to=home&limits=1", "watch?sorce=home",
            "diff?from=home&from=home&to=home", "explain?service=shop/cart/1&instance=",
        ])
    func unknown(_ query: String) async throws {
        let registry = try await Upstreams.embedded("home")
        let client = RegistryClient("\(registry.address)", registry.client)
        let answer = try await client.ask("GET", "/mainstem/v1/\(query)")
        #expect(answer.status == 400)
        let problems = ["is unknown", "is given twice", "has no value"]
        #expect(problems.contains { answer.text.contains($0) }, "\(answer.text)")
        await registry.stop()
    }

    @Test("of service-center's own routes is passed over where it is not known, as the real server does")
    func foreign() async throws {
        let registry = try await Upstreams.embedded("home")
        let client = RegistryClient("\(registry.address)", registry.client)
        let answer = try await client.ask("GET", "/v4/default/registry/microservices?what=ever")
        #expect(answer.status == 200)
        await registry.stop()
    }
}
