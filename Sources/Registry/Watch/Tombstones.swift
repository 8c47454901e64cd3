import DequeModule

/// What ended so long ago that the log has forgotten it: so that a subscriber who comes from before that can still be
/// told what is gone. Bounded: the oldest are dropped, and `floor` tells from where on the record is complete.
struct Tombstones: Sendable {
    private struct Key: Hashable {
        let microservice: MicroserviceKey
        let instance: InstanceID

        init(_ change: VisibleChange) {
            microservice = change.microservice
            instance = change.instance.id
        }
    }

    private struct Grave {
        let sequence: UInt64
        let change: VisibleChange
    }

    private var graves: [MicroserviceName: [Key: Grave]] = [:]
    private var order: Deque<(sequence: UInt64, key: Key)> = []
    private let capacity: Int
    /// Every end after this sequence that the log has forgotten is here.
    private(set) var floor: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    /// Takes in a batch that the log forgets.
    mutating func bury(_ batch: EventBatch) {
        for change in batch.changes {
            let key = Key(change)
            let name = change.microservice.name
            guard change.action == .delete else {
                graves[name]?[key] = nil
                if graves[name]?.isEmpty ?? false { graves[name] = nil }
                continue
            }
            graves[name, default: [:]][key] = Grave(sequence: batch.revision.sequence, change: change)
            order.append((batch.revision.sequence, key))
        }
        while order.count > capacity, let (sequence, key) = order.popFirst() {
            let name = key.microservice.name
            guard graves[name]?[key]?.sequence == sequence else { continue }
            graves[name]?[key] = nil
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
