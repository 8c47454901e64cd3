import API
import Discovery
import Federation
import Logging
import Registry
import TestSupport
import Testing

@Suite("The start", .timeLimit(.minutes(4))) struct StartTests {
    @Test("The clients' address is closed until the sources have spoken; operators are answered from the start")
    func closed() async throws {
        let source = SilentSource()
        try await withServer(over: source, StartPolicy(deadline: .seconds(3_600))) { server in
            let admin = try await server.admin()
            let ready = try await admin.ask("GET", "/readyz")
            #expect(ready.status == 503)
            #expect(ready.text == "waiting for the first word of: north\n")
            #expect(try await admin.ask("GET", "/livez").status == 200)
            #expect(try await admin.ask("GET", "/metrics").text.contains("mainstem_ready 0\n"))
            source.speak()
            let front = try await server.front()
            #expect(try await front.ask("GET", "/readyz").status == 200)
            #expect(try await admin.ask("GET", "/readyz").text == "ok\n")
        }
    }

    @Test("After the deadline clients come in, whoever is still silent")
    func deadline() async throws {
        try await withServer(over: SilentSource(), StartPolicy(deadline: .milliseconds(50))) { server in
            let front = try await server.front()
            #expect(try await front.ask("GET", "/readyz").status == 200)
        }
    }

    /// A server's two addresses, once they are open.
    private struct Addresses {
        let admins: AsyncStream<HTTPServer.Address>
        let fronts: AsyncStream<HTTPServer.Address>
        let transfers: HTTPTransfers

        func admin() async throws -> RegistryClient { try await client(admins) }
        func front() async throws -> RegistryClient { try await client(fronts) }

        private func client(_ found: AsyncStream<HTTPServer.Address>) async throws -> RegistryClient {
            let address = try #require(await found.first { _ in true })
            return RegistryClient("\(address)", transfers)
        }
    }

    private func withServer(
        over source: any Source, _ start: StartPolicy, _ test: (Addresses) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let federation = FederationService(
            sources: [source], epoch: 1, logCapacity: 1_024, clock: SystemTimekeeper(), logger: logger)
        let (admins, adminFound) = AsyncStream.makeStream(of: HTTPServer.Address.self)
        let (fronts, frontFound) = AsyncStream.makeStream(of: HTTPServer.Address.self)
        let anyPort = HTTPServer.Address(host: "127.0.0.1", port: 0)
        let server = HTTPServer(
            federation: federation,
            doors: Doors(Doors.Addresses(clients: anyPort, operators: anyPort), start: start) {
                adminFound.yield($0)
            } onListening: {
                frontFound.yield($0)
            },
            limits: LimitsInForce(.forTests), threads: 1, logger: logger)
        let transfers = HTTPTransfers()
        defer { transfers.shutdown() }
        try await withThrowingTaskGroup { group in
            group.addTask { await federation.run() }
            group.addTask { try await server.run() }
            defer { group.cancelAll() }
            try await test(Addresses(admins: admins, fronts: fronts, transfers: transfers))
        }
    }
}

/// A source that says nothing until it is told to.
private final class SilentSource: Source {
    let profile = SourceProfile(id: SourceID("north"), plugin: "silent", endpoints: [], interval: .seconds(3_600))
    private let words: AsyncStream<Void>
    private let word: AsyncStream<Void>.Continuation

    init() { (words, word) = AsyncStream.makeStream() }

    func speak() { word.yield() }

    func read(_ tell: @Sendable (RegistryDelta) -> Void) async throws(SourceFailure) -> SourceReading {
        for await _ in words { return SourceReading() }
        throw .cancelled
    }
}
