/// Those of a hub's watchers who are not live: they may be stalled. How many they are is counted for the process now
/// and then, which costs nothing while their number stays.
struct LateWatchers {
    private var members: [ObjectIdentifier: Watcher] = [:]
    /// How many of them are counted.
    private var counted = 0

    mutating func insert(_ watcher: Watcher) { members[ObjectIdentifier(watcher)] = watcher }

    mutating func remove(_ watcher: Watcher) { members[ObjectIdentifier(watcher)] = nil }

    /// Those who have taken no byte for so long.
    func stalled(for patience: Duration, at now: Duration) -> [Watcher] {
        members.values.filter { $0.isStalled(for: patience, at: now) }
    }

    /// Has the process know how many they are.
    mutating func count(in watches: WatchCounters) {
        guard members.count != counted else { return }
        watches.fellBehind(members.count - counted)
        counted = members.count
    }
}
