/// Entries that became known in another way than by a frame, and when: a frame about one of them that was on its way
/// then may be older than what is known. Forgets by itself.
struct FreshEntries {
    /// The most entries of one read that are worth remembering.
    static let capacity = 2_048
    /// How long a frame may be on its way. Rule: a service-center sends after 300 ms of quiet.
    private static let patience = Duration.seconds(2)

    private var since: [String: Duration] = [:]

    /// These are known as of `now`, which is since a fixed point.
    mutating func note(_ keys: [String], at now: Duration) {
        since = since.filter { now - $0.value < FreshEntries.patience }
        for key in keys { since[key] = now }
    }

    /// Whether a frame about an entry may have been on its way when that became known.
    func has(_ key: String, at now: Duration) -> Bool {
        since[key].map { now - $0 < FreshEntries.patience } ?? false
    }
}
