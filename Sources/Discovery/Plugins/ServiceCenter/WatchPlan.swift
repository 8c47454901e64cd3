import Registry

/// Which watches one upstream is to have, how they do, and which one is to be opened next. Pure: time and jitter come
/// in.
struct WatchPlan {
    /// Why a watch does not stand.
    enum End: Error, Equatable {
        /// The upstream says no: asked again after a long while.
        case refused(String)
        /// Anything else: tried again soon, then less and less often.
        case broken(String)

        var reason: String {
            switch self {
            case .refused(let reason), .broken(let reason): reason
            }
        }
    }

    static let firstPause = Duration.milliseconds(500)
    static let longestPause = Duration.seconds(60)
    static let pauseAfterRefusal = Duration.seconds(600)
    /// A watch that stood for so long begins its pauses anew.
    static let steady = Duration.seconds(60)

    private enum State {
        case waiting(until: Duration)
        case standing(since: Duration)
        /// It stands, is not wanted any more, and is about to end.
        case leaving
    }

    private struct Watch {
        var state: State
        var failures = 0
        var reason: String?
    }

    private let limit: Int
    /// Every upstream may be a Mainstem, until it refuses the watch that only a Mainstem has.
    private var mayBeMainstem: Bool
    private var parts: Set<ObservedPart> = []
    private var watches: [ObservedPart: Watch] = [:]

    /// A plan of at most so many watches.
    init(limit: Int, mayBeMainstem: Bool = true) {
        self.limit = limit
        self.mayBeMainstem = mayBeMainstem
    }

    /// Whether the upstream said with its last dump that it is one.
    private var isMainstem = false

    private var wanted: Set<ObservedPart> { mayBeMainstem && (isMainstem || !parts.isEmpty) ? [.everything] : parts }

    /// Wants these parts to be watched, as far as the limit allows: who has a watch keeps it. Returns whose watch is to
    /// be closed. An upstream that has become a Mainstem is asked for the watch of everything once more; of one, that
    /// watch is wanted before it has anything.
    mutating func want(_ parts: Set<ObservedPart>, isMainstem: Bool = false, at now: Duration) -> [ObservedPart] {
        self.parts = parts
        if isMainstem, !self.isMainstem { mayBeMainstem = true }
        self.isMainstem = isMainstem
        let wanted = wanted
        var closing: [ObservedPart] = []
        for (part, watch) in watches where !wanted.contains(part) {
            switch watch.state {
            case .waiting: watches[part] = nil
            case .standing:
                watches[part]?.state = .leaving
                closing.append(part)
            case .leaving: break
            }
        }
        fill(at: now)
        return closing
    }

    /// The part whose watch is to be opened now; nil when none is due.
    func next(at now: Duration) -> ObservedPart? {
        watches.filter { _, watch in
            if case .waiting(let due) = watch.state { due <= now } else { false }
        }.keys.min()
    }

    /// How often opening a part's watch has failed in a row.
    func failures(of part: ObservedPart) -> Int { watches[part]?.failures ?? 0 }

    /// A watch stands.
    mutating func stood(_ part: ObservedPart, at now: Duration) {
        watches[part]?.state = .standing(since: now)
        watches[part]?.reason = nil
    }

    /// A watch could not be opened, or has ended. Returns after how long it is due again; nil when it is not wanted any
    /// more, though another one may be due. `jitter` in 0 ..< 1 takes up to half of the pause away, so that not
    /// everybody comes back at once.
    mutating func ended(_ part: ObservedPart, _ end: End, at now: Duration, jitter: Double) -> Duration? {
        guard var watch = watches[part] else { return nil }
        if case (.everything, .refused) = (part, end) { mayBeMainstem = false }
        if case .standing(let since) = watch.state, now - since >= WatchPlan.steady { watch.failures = 0 }
        guard wanted.contains(part) else {
            watches[part] = nil
            fill(at: now)
            return nil
        }
        watch.failures += 1
        watch.reason = end.reason
        let pause: Duration
        switch (end, watch.state) {
        case (_, .leaving): pause = .zero
        case (.refused, _): pause = WatchPlan.pauseAfterRefusal
        case (.broken, _): pause = min(WatchPlan.firstPause * (1 << min(watch.failures - 1, 20)), Self.longestPause)
        }
        let shortened = pause * (1 - 0.5 * jitter)
        watch.state = .waiting(until: now + shortened)
        watches[part] = watch
        return shortened
    }

    /// How the upstream's changes are heard.
    var observation: Observation {
        let count = watches.count { if case .standing = $0.value.state { true } else { false } }
        var reason = watches.filter { $0.value.reason != nil }.min { $0.key < $1.key }
            .map { "\($0.key): \($0.value.reason ?? "")" }
        if reason == nil, wanted.count > limit { reason = "there are more parts than maxWatches (\(limit)) allows" }
        return count == 0 ? .polled(reason: reason) : .observed(watches: count, of: wanted.count, reason: reason)
    }

    private mutating func fill(at now: Duration) {
        let free = max(0, limit - watches.count)
        for part in wanted.filter({ watches[$0] == nil }).sorted().prefix(free) {
            watches[part] = Watch(state: .waiting(until: now))
        }
    }
}
