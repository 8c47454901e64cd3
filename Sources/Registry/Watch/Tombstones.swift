import DequeModule

/// What ended so long ago that the log has forgotten it: so that a subscriber who comes from before that can still be
/// told what is gone. Bounded: the oldest are dropped, and `floor` tells from where on the record is complete.
struct Tombstones: Sendable {
    private struct Grave {
        let sequence: UInt64
        let change: VisibleChange
    }

    private var graves: [MicroserviceName: [InstancePlace: Grave]] = [:]
    private var order: Deque<(sequence: UInt64, place: InstancePlace)> = []
    private var capacity: Int
    /// Every end after this sequence that the log has forgotten is here.
    private(set) var floor: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    /// How many are remembered.
    var count: Int { order.count }

    /// Remembers at most so many from now on.
    mutating func resize(to capacity: Int) {
        self.capacity = capacity
        trim()
    }

    /// Takes in a batch that the log forgets.
    mutating func bury(_ batch: EventBatch) {
        for change in batch.changes {
            let place = change.place
            let name = change.microservice.name
            guard change.action == .delete else {
                graves[name]?[place] = nil
                if graves[name]?.isEmpty ?? false { graves[name] = nil }
                continue
            }
            graves[name, default: [:]][place] = Grave(sequence: batch.revision.sequence, change: change)
            order.append((batch.revision.sequence, place))
        }
        trim()
    }

    private mutating func trim() {
        while order.count > capacity, let (sequence, place) = order.popFirst() {
            let name = place.microservice.name
            guard graves[name]?[place]?.sequence == sequence else { continue }
            graves[name]?[place] = nil
            if graves[name]?.isEmpty ?? false { graves[name] = nil }
            floor = sequence
        }
    }

    /// What ended after a sequence and did not come back before the log begins, of some names or of all, oldest first.
    func ended(after sequence: UInt64, of names: Set<MicroserviceName>?) -> [VisibleChange] {
        let candidates: [Grave] =
            names.map { $0.flatMap { graves[$0].map { Array($0.values) } ?? [] } }
            ?? graves.values.flatMap { Array($0.values) }
        return candidates.filter { $0.sequence > sequence }.sorted { $0.sequence < $1.sequence }.map(\.change)
    }
}
