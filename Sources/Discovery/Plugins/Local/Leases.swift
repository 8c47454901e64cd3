import HeapModule

/// When whose lease ends. Pure; time is a `Duration` since a fixed point. A renewal costs O(1): the heap keeps the old
/// deadline, which is corrected when it comes up.
struct Leases<Holder: Hashable & Sendable>: Sendable {
    private struct Deadline: Comparable {
        let time: Duration
        let holder: Holder
        static func < (left: Deadline, right: Deadline) -> Bool { left.time < right.time }
        static func == (left: Deadline, right: Deadline) -> Bool { left.time == right.time }
    }

    private struct Lease {
        var end: Duration
        var length: Duration
        /// Whether its end is what `takeChanged` gave last.
        var isNoted = false
    }

    private var leases: [Holder: Lease] = [:]
    private var deadlines = Heap<Deadline>()
    /// The deadline at which each holder is looked at next: any other one in the heap is out of date.
    private var due: [Holder: Duration] = [:]

    init() {}

    /// The earliest time at which a lease may end; nil when there is none.
    var next: Duration? { deadlines.min?.time }

    /// Begins a lease anew, with this length; the first time it lasts as long as is left of it.
    mutating func grant(_ holder: Holder, _ length: Duration, left: Duration? = nil, at now: Duration) {
        let end = now + (left ?? length)
        leases[holder] = Lease(end: end, length: length)
        if let time = due[holder], time <= end { return }
        look(at: holder, end)
    }

    /// Prolongs a lease by its length; false when there is none.
    mutating func renew(_ holder: Holder, at now: Duration) -> Bool {
        guard let index = leases.index(forKey: holder) else { return false }
        leases.values[index].end = now + leases.values[index].length
        leases.values[index].isNoted = false
        return true
    }

    /// When a lease ends; nil when there is none.
    func end(of holder: Holder) -> Duration? { leases[holder]?.end }

    mutating func release(_ holder: Holder) {
        leases[holder] = nil
        // What was released keeps its deadline until it comes up: not too many of them.
        guard deadlines.count > 2 * leases.count + 1_024 else { return }
        due = due.filter { leases[$0.key] != nil }
        deadlines = Heap(due.map { Deadline(time: $0.value, holder: $0.key) })
    }

    /// What is left of each lease that was granted or renewed since the last call; linear in all leases.
    mutating func takeChanged(at now: Duration) -> [(Holder, left: Duration)] {
        var changed: [(Holder, left: Duration)] = []
        for index in leases.indices where !leases.values[index].isNoted {
            leases.values[index].isNoted = true
            changed.append((leases.keys[index], leases.values[index].end - now))
        }
        return changed
    }

    /// Ends every lease whose time has come, and tells whose.
    mutating func expire(at now: Duration) -> [Holder] {
        var expired: [Holder] = []
        while let first = deadlines.min, first.time <= now {
            deadlines.removeMin()
            guard due[first.holder] == first.time else { continue }
            due[first.holder] = nil
            guard let lease = leases[first.holder] else { continue }
            if lease.end <= now {
                leases[first.holder] = nil
                expired.append(first.holder)
            } else {
                look(at: first.holder, lease.end)
            }
        }
        return expired
    }

    private mutating func look(at holder: Holder, _ time: Duration) {
        due[holder] = time
        deadlines.insert(Deadline(time: time, holder: holder))
    }
}
