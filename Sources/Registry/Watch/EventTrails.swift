import DequeModule

/// Where in the log the changes of each microservice name stand, so that who follows a few names passes over all
/// others. O(1) for each change that comes or goes.
struct EventTrails: Sendable {
    /// One change: its batch and its offset there.
    struct Place: Sendable, Comparable {
        let sequence: UInt64
        let offset: Int

        static func < (left: Place, right: Place) -> Bool {
            (left.sequence, left.offset) < (right.sequence, right.offset)
        }
    }

    private var places: [MicroserviceName: Deque<Place>] = [:]

    mutating func append(_ batch: EventBatch) {
        for (offset, change) in batch.changes.enumerated() {
            places[change.microservice.name, default: []]
                .append(Place(sequence: batch.revision.sequence, offset: offset))
        }
    }

    /// Forgets the oldest batch.
    mutating func drop(_ batch: EventBatch) {
        for change in batch.changes {
            let name = change.microservice.name
            _ = places[name]?.popFirst()
            if places[name]?.isEmpty ?? false { places[name] = nil }
        }
    }

    /// The places of some names from one place on, in the order of the log, at most `limit`.
    func places(of names: Set<MicroserviceName>, from start: Place, limit: Int) -> [Place] {
        var found: [Place] = []
        for name in names {
            guard let trail = places[name] else { continue }
            let first = trail.partitioningIndex { $0 >= start }
            found += trail[first...].prefix(limit)
        }
        guard names.count > 1 else { return found }
        return Array(found.sorted().prefix(limit))
    }
}

extension RandomAccessCollection {
    /// The first index whose element fits, when all that fit stand behind all that do not; O(log n).
    fileprivate func partitioningIndex(where fits: (Element) -> Bool) -> Index {
        var low = startIndex
        var count = count
        while count > 0 {
            let half = count / 2
            let middle = index(low, offsetBy: half)
            if fits(self[middle]) {
                count = half
            } else {
                low = index(after: middle)
                count -= half + 1
            }
        }
        return low
    }
}
