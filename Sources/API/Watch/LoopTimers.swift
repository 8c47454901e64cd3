/// What is to be done for the connections of one event loop at some time: one wheel and one tick a second for all.
final class LoopTimers {
    /// One connection's place on the wheel.
    final class Entry {
        fileprivate var place: TimingWheel<Entry>.Place?
        fileprivate let onTime: (Duration) -> Duration?

        fileprivate init(_ onTime: @escaping (Duration) -> Duration?) { self.onTime = onTime }
    }

    private var wheel: TimingWheel<Entry>

    init(at now: Duration) { wheel = TimingWheel(at: now) }

    /// Calls `onTime` within a second after `time`; it gives the next time, or nil when there is none.
    func start(at time: Duration, _ onTime: @escaping (Duration) -> Duration?) -> Entry {
        let entry = Entry(onTime)
        entry.place = wheel.insert(entry, at: time)
        return entry
    }

    func end(_ entry: Entry) {
        guard let place = entry.place else { return }
        wheel.remove(entry, from: place)
        entry.place = nil
    }

    func advance(to now: Duration) {
        for entry in wheel.advance(to: now) where entry.place != nil {
            entry.place = nil
            if let next = entry.onTime(now) { entry.place = wheel.insert(entry, at: next) }
        }
    }
}
