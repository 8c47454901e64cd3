/// The most that a source held within the last one to two minutes, so that what shrinks step by step is measured by
/// what it was before the first step.
struct RecentPeak: Sendable {
    private static let window = Duration.seconds(60)

    private var start = Duration.zero
    private var current = 0
    private var previous = 0

    /// Takes in how much there is now; gives the peak.
    mutating func note(_ count: Int, at now: Duration) -> Int {
        if now - start >= RecentPeak.window {
            previous = now - start >= RecentPeak.window * 2 ? 0 : current
            (current, start) = (0, now)
        }
        current = max(current, count)
        return max(current, previous)
    }
}
