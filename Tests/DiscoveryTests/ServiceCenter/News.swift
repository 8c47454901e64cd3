import Discovery
import Locks
import Registry
import TestSupport

/// What a followed source tells, and what is known by all of it.
final class News: Sendable {
    private struct State {
        var known = Known()
        var deltas: [RegistryDelta] = []
        var observations: [Observation] = []
        var readsAskedFor = 0
    }

    private let state = Mutex(State())

    var known: Known { state.withLock { $0.known } }
    /// What was told beside the reads.
    var deltas: [RegistryDelta] { state.withLock { $0.deltas } }
    var observations: [Observation] { state.withLock { $0.observations } }
    var readsAskedFor: Int { state.withLock { $0.readsAskedFor } }
    /// `service/instance` of every instance that is known, sorted.
    var instances: [String] { known.instances.keys.map { "\($0.service.id)/\($0.id)" }.sorted() }

    func take(_ news: SourceNews) {
        state.withLock { state in
            switch news {
            case .delta(let delta):
                state.deltas.append(delta)
                state.known.apply(delta)
            case .observation(let observation): state.observations.append(observation)
            case .readSoon: state.readsAskedFor += 1
            }
        }
    }

    /// Reads the source, and takes in what that brings.
    @discardableResult
    func read(_ source: any Source) async throws(SourceFailure) -> SourceReading {
        try await source.read { delta in state.withLock { $0.known.apply(delta) } }
    }
}

/// Runs a test against a source that is followed and has been read once, over upstreams that let themselves be
/// observed.
func withObserved(
    _ upstreams: [ObservedUpstream], settings: String = "timeout: 100s", clock: any Timekeeper = SystemTimekeeper(),
    process: String = "", _ test: @Sendable (any Source, News) async throws -> Void
) async throws {
    let scripts = upstreams.map { $0.script }
    try await withSource(scripts, settings: settings, clock: clock, process: process) { _, source async throws in
        let news = News()
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await source.follow { news.take($0) } }
            try await news.read(source)
            try await test(source, news)
            group.cancelAll()
        }
    }
}
