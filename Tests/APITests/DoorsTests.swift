import API
import Discovery
import Federation
import Glibc
import Logging
import Registry
import TestSupport
import Testing

@Suite("The addresses of a running server", .timeLimit(.minutes(4))) struct DoorsTests {
    private static let anyPort = HTTPServer.Address(host: "127.0.0.1", port: 0)

    @Test("change without an interruption: the new one is open before the old one is closed, and connections stay")
    func moving() async throws {
        try await withServer { doors, fronts, admins in
            let (first, operators) = (try await fronts.next(), try await admins.next())
            let connection = try await blocking { try RawClient.connect(first) }
            defer { close(connection) }
            #expect(try await isAnswered(connection))
            // The same host in other words, so that it is another address.
            let opened = try await doors.open(Doors.Addresses(clients: HTTPServer.Address(host: "localhost", port: 0)))
            #expect(try await status(of: first) == 200)
            await doors.enter(opened, start: StartPolicy())
            let second = try await fronts.next()
            #expect(second.port != first.port)
            #expect(try await status(of: second) == 200)
            #expect(try await isAnswered(connection))
            for closed in [first, operators] {
                #expect(throws: (any Error).self) { try RawClient.connect(closed) }
            }
        }
    }

    @Test("stay as they are when another one cannot be opened, or is given up")
    func staying() async throws {
        let taken = try SilentListener()
        try await withServer { doors, fronts, admins in
            let (front, admin) = (try await fronts.next(), try await admins.next())
            var wanted = Doors.Addresses(clients: HTTPServer.Address(host: "localhost", port: 0))
            wanted.operators = HTTPServer.Address(host: "127.0.0.1", port: Int(taken.port))
            let refusal = await #expect(throws: HTTPServer.CannotListen.self) { _ = try await doors.open(wanted) }
            #expect(refusal?.description.contains("127.0.0.1:\(taken.port): Address already in use") == true)
            #expect(refusal?.description.contains("with --admin or") == true)
            wanted.operators = nil
            await doors.giveUp(try await doors.open(wanted))
            for address in [front, admin] { #expect(try await status(of: address) == 200) }
        }
    }

    @Test("cannot be changed before clients are let in")
    func early() async throws {
        let doors = Doors(Doors.Addresses(clients: Self.anyPort)) { _ in }
        let other = Doors.Addresses(clients: HTTPServer.Address(host: "127.0.0.1", port: 1))
        await #expect(throws: HTTPServer.CannotListen.self) { _ = try await doors.open(other) }
        let same = try await doors.open(Doors.Addresses(clients: Self.anyPort))
        await doors.enter(same, start: StartPolicy(.any))
        #expect(await doors.start == StartPolicy(.any))
    }

    /// Whether a request over an open connection is answered.
    private func isAnswered(_ connection: Int32) async throws -> Bool {
        try await blocking {
            let request = Array("GET /livez HTTP/1.1\r\nHost: test\r\n\r\n".utf8)
            var answer = [UInt8](repeating: 0, count: 4_096)
            return send(connection, request, request.count, 0) == request.count
                && recv(connection, &answer, answer.count, 0) > 0
                && answer.starts(with: "HTTP/1.1 200 ".utf8)
        }
    }

    private func status(of address: HTTPServer.Address) async throws -> Int {
        let transfers = HTTPTransfers()
        defer { transfers.shutdown() }
        return try await RegistryClient("\(address)", transfers).ask("GET", "/livez").status
    }

    /// The addresses that a server says it listens at, one after the other.
    private final class Found: Sendable {
        private let (addresses, found) = AsyncStream.makeStream(of: HTTPServer.Address.self)

        func add(_ address: HTTPServer.Address) { found.yield(address) }

        func next() async throws -> HTTPServer.Address {
            try #require(await addresses.first { _ in true })
        }
    }

    private func withServer(_ test: (Doors, Found, Found) async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let federation = FederationService(
            sources: [], epoch: 1, logCapacity: 1_024, clock: SystemTimekeeper(), logger: logger)
        let (fronts, admins) = (Found(), Found())
        let doors = Doors(Doors.Addresses(clients: Self.anyPort, operators: Self.anyPort)) {
            admins.add($0)
        } onListening: {
            fronts.add($0)
        }
        let server = HTTPServer(
            federation: federation, doors: doors, limits: LimitsInForce(.forTests), threads: 1, logger: logger)
        try await withThrowingTaskGroup { group in
            group.addTask { await federation.run() }
            group.addTask { try await server.run() }
            defer { group.cancelAll() }
            try await test(doors, fronts, admins)
        }
    }
}
