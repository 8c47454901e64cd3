import Discovery
import TestSupport
import Testing

/// What is left of watches that come and go, with the real binary.
@Suite struct WatchLeakTests {
    private static let (rounds, watchers) = (20, 100)

    @Test("nothing is left open of thousands of watches that came and went, and the next one hears as the first")
    func comeAndGo() async throws {
        let transfers = HTTPTransfers()
        let process = try MainstemProcess(["serve", "--local", "home", "--listen", "127.0.0.1:0"])
        let address = try await process.address()
        let client = RegistryClient(address, transfers)
        let (web, cart) = (try await client.register("web"), try await client.register("cart"))
        #expect(try await client.hosts(of: "cart", consumer: web) == [])
        let paths = [
            "/v4/default/registry/microservices/\(web)/watcher", "/mainstem/v1/watch?microservice=cart",
            "/mainstem/v1/watch",
        ]
        var files: String?
        for round in 0..<Self.rounds {
            try await withThrowingTaskGroup { group in
                for number in 0..<Self.watchers {
                    group.addTask { await (try WatchRecorder.open(address, path: paths[number % paths.count])).close() }
                }
                try await group.waitForAll()
            }
            try await eventually("every watch is over") {
                let page = try await client.ask("GET", "/metrics").text
                return ["consumer", "extended"].allSatisfy { page.contains(#"mainstem_watchers{kind="\#($0)"} 0\#n"#) }
            }
            // The first round has opened what stays open.
            guard round > 0 else {
                files = try await openFiles(client)
                continue
            }
            let before = files
            try await eventually("no file is left open") { try await openFiles(client) == before }
        }
        let watch = try await WatchRecorder.open(address, path: paths[0])
        _ = try await client.start("one", of: cart)
        try await watch.expect(["CREATE home one"])
        await watch.close()
        process.signal(15)
        #expect(try await process.ended() == 0)
        transfers.shutdown()
    }

    private func openFiles(_ client: RegistryClient) async throws -> String? {
        let page = try await client.ask("GET", "/metrics").text
        return page.split(separator: "\n").first { $0.hasPrefix("process_open_fds ") }.map(String.init)
    }
}
