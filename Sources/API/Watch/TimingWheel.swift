/// Who is due when, for many that are due within minutes: adding, taking away and coming round cost O(1) each. Pure;
/// time is a `Duration` since a fixed point, its grain is a second.
struct TimingWheel<Element: AnyObject> {
    private static var grain: Duration { .seconds(1) }
    private static var size: Int { 256 }

    /// Where an element waits; to be given back when it is taken away.
    struct Place {
        fileprivate let slot: Int
    }

    private var slots: [[ObjectIdentifier: Element]] = Array(repeating: [:], count: TimingWheel.size)
    /// The grain up to which everything has come round.
    private var now: Int

    init(at now: Duration) { self.now = TimingWheel.tick(now) }

    /// Lets an element come round at a time, at the earliest with the next grain and at the latest with the last one.
    mutating func insert(_ element: Element, at time: Duration) -> Place {
        let tick = min(max(TimingWheel.tick(time) + 1, now + 1), now + TimingWheel.size - 1)
        let slot = tick % TimingWheel.size
        slots[slot][ObjectIdentifier(element)] = element
        return Place(slot: slot)
    }

    mutating func remove(_ element: Element, from place: Place) {
        slots[place.slot][ObjectIdentifier(element)] = nil
    }

    /// Who has come round since the last time.
    mutating func advance(to time: Duration) -> [Element] {
        let target = TimingWheel.tick(time)
        var due: [Element] = []
        for tick in stride(from: now + 1, through: min(target, now + TimingWheel.size), by: 1) {
            due += slots[tick % TimingWheel.size].values
            slots[tick % TimingWheel.size] = [:]
        }
        now = max(now, target)
        return due
    }

    private static func tick(_ time: Duration) -> Int { Int(time.components.seconds) }
}
