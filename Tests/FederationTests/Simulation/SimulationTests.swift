import Foundation
import Testing

/// Whatever upstreams do, at the end the view is what they hold; on the way nobody is told of an end that is none, nor
/// of an instance at a microservice at which it never was, nothing is created twice, and who replays the history has
/// the view.
@Suite struct SimulationTests {
    /// Seeds that have failed once.
    private static let kept: [UInt64] = [4, 12, 28, 40, 59, 80, 105, 205, 289, 297, 384, 793, 873, 985]

    private static let environment = ProcessInfo.processInfo.environment

    /// The seeds to run, by parts: 400, or as many as `MAINSTEM_SEEDS` says, or the one that is `MAINSTEM_SEED`.
    private static let parts: [Range<UInt64>] = {
        if let seed = environment["MAINSTEM_SEED"].flatMap(UInt64.init) { return [seed..<seed + 1] }
        let count = environment["MAINSTEM_SEEDS"].flatMap(UInt64.init) ?? 400
        return stride(from: 0, to: count, by: 50).map { $0..<min($0 + 50, count) }
    }()

    @Test(arguments: parts)
    func `No simulation goes wrong`(seeds: Range<UInt64>) {
        for seed in seeds { check(seed) }
    }

    @Test(.enabled(if: environment["MAINSTEM_SEED"] == nil))
    func `None goes wrong that once did`() {
        for seed in SimulationTests.kept { check(seed) }
    }

    private func check(_ seed: UInt64) {
        var simulation = Simulation(seed: seed)
        simulation.run()
        #expect(simulation.wrongs == [], "seed \(seed)")
    }
}
