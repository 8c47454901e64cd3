import Discovery
import Glibc
import TestSupport
import Testing

/// The real binary with a home of either kind.
final class ConformanceWorld {
    enum Home: CaseIterable {
        /// In the process that is asked.
        case embedded
        /// Another process, as a service-center.
        case forwarded
    }

    let client: RegistryClient
    private let processes: [MainstemProcess]
    private let transfers = HTTPTransfers()

    init(_ home: Home) async throws {
        let listen = ["--listen", "127.0.0.1:0"]
        let far = try MainstemProcess(["serve", "--local", "home"] + listen)
        let address = try await far.address()
        guard home == .forwarded else {
            processes = [far]
            client = RegistryClient(address, transfers)
            return
        }
        // Read so seldom that what is seen in time was seen because of the write.
        let sources = ["--sources", "home=http://\(address)", "--home", "home", "--interval", "1h"]
        let front = try MainstemProcess(["serve"] + sources + listen)
        processes = [front, far]
        client = RegistryClient(try await front.address(), transfers)
        try await eventually("the home is read") { try await self.client.ask("GET", "/readyz").status == 200 }
    }

    func end() async throws {
        for process in processes {
            process.signal(SIGTERM)
            #expect(try await process.ended() == 0)
        }
        transfers.shutdown()
    }
}
