import API
import Federation
import ServiceLifecycle

/// The demo's aggregator: begins when the regions listen, so that its first read finds them.
struct DemoAggregator: Service {
    let assembly: Assembly
    let regionsListening: AsyncStream<Void>
    let regions: Int

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var arrivals = regionsListening.makeAsyncIterator()
            for _ in 0..<regions { await arrivals.next() }
        }
        guard !Task.isShuttingDownGracefully else { return }
        try await withThrowingTaskGroup { group in
            for service in assembly.services { group.addTask { try await service.run() } }
            try await group.waitForAll()
        }
    }
}
