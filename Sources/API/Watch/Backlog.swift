import NIOCore

/// The line of those watchers of a loop who have been behind for long. Each is handed a segment in its turn, with a
/// pause after each while the others are being served: who has read nothing for seconds can wait, and nobody else is to
/// be late because of that. Pure; times are since a fixed point.
struct Backlog<Member> {
    /// Who has been behind for longer has much to catch up with.
    static var age: Duration { .seconds(1) }
    /// Between two segments: at least and at most.
    static var pause: (least: Duration, most: Duration) { (.microseconds(50), .milliseconds(4)) }
    /// Within this everybody in the line has a turn: 640 KB a second each, as long as `pause.least` allows it.
    static var round: Duration { .milliseconds(100) }
    /// Who was served so long ago need not be spared.
    static var interval: Duration { .milliseconds(20) }

    private var line: CircularBuffer<Member> = []
    private var isScheduled = false
    private var lastServed: Duration

    init(at now: Duration) { lastServed = now - Backlog.interval }

    mutating func append(_ member: Member) { line.append(member) }

    /// Watchers who are not behind are handed something.
    mutating func served(at now: Duration) { lastServed = now }

    /// When `next` is to be asked for, which is asked for only once; nil when that is settled, or nobody waits.
    mutating func nextPause(at now: Duration) -> Duration? {
        guard !isScheduled, !line.isEmpty else { return nil }
        isScheduled = true
        guard now - lastServed < Backlog.interval else { return Backlog.pause.least }
        return min(max(Backlog.round / line.count, Backlog.pause.least), Backlog.pause.most)
    }

    /// Whose turn it is.
    mutating func next() -> Member? {
        isScheduled = false
        return line.popFirst()
    }
}
