import Registry
import TestSupport
import Testing

/// What a slow subscriber can still be told: parts of the history, and what ended before it begins.
@Suite struct EventExcerptTests {
    private let time = UnixTime(nanoseconds: 1)
    private static let names = 4

    /// A subscriber of some names that keeps what it heard.
    private struct Subscriber {
        let names: Set<MicroserviceName>?
        var cursor: EventCursor
        var known: Set<String> = []
        var heard: [EventCursor] = []

        mutating func take(_ excerpt: EventLog.Excerpt) {
            for (batch, offset) in excerpt.changes {
                let change = batch.changes[offset]
                heard.append(EventCursor(after: offset, of: batch))
                let name = "\(change.microservice) \(change.instance.id)"
                if change.action == .delete { known.remove(name) } else { known.insert(name) }
            }
            cursor = excerpt.end
        }
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `Whoever reads the history in parts, and starts over from what ended and what is there, misses nothing`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        var registry = MergedRegistry(precedence: Precedence([]))
        var log = EventLog(epoch: 1, capacity: 1 + random.below(30))
        var subscribers = (0..<4).map { number in
            let names = number == 0 ? nil : Set((0..<number).map { MicroserviceName(stringLiteral: "/shop/s\($0)") })
            return Subscriber(names: names, cursor: EventCursor(log.head))
        }
        for _ in 0..<400 {
            let outcome = registry.apply(delta(&random), from: "a")
            if outcome.isVisible { _ = log.append(outcome.instances, observed: time) }
            for index in subscribers.indices where random.chance(index * 3 + 2) {
                read(&subscribers[index], log, registry.tables, limit: 1 + random.below(6))
            }
        }
        for index in subscribers.indices {
            while subscribers[index].cursor != EventCursor(log.head) {
                read(&subscribers[index], log, registry.tables, limit: 3)
            }
            let subscriber = subscribers[index]
            #expect(subscriber.known == present(registry.tables, subscriber.names))
            #expect(zip(subscriber.heard, subscriber.heard.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    private func read(_ subscriber: inout Subscriber, _ log: EventLog, _ tables: RegistryTables, limit: Int) {
        if let excerpt = log.excerpt(of: subscriber.names, after: subscriber.cursor, upTo: log.head, limit: limit) {
            return subscriber.take(excerpt)
        }
        // Either what is gone is told exactly, or it says that it does not know.
        let there = present(tables, subscriber.names)
        if let ended = log.ended(after: subscriber.cursor.revision, of: subscriber.names) {
            for change in ended { subscriber.known.remove("\(change.microservice) \(change.instance.id)") }
        } else {
            subscriber.known = []
        }
        subscriber.known.formUnion(there)
        #expect(subscriber.known == there)
        subscriber.cursor = EventCursor(log.head)
    }

    @Test func `The text of a cursor is read back, and nothing else is taken for one`() {
        let cursors = [
            EventCursor(Revision(epoch: 0xAB, sequence: 0)), EventCursor(Revision(epoch: 0xAB, sequence: 7)),
            EventCursor(Revision(epoch: 0xAB, sequence: 7), changes: 3),
        ]
        #expect(cursors.map(\.description) == ["ab.0", "ab.7", "ab.8.3"])
        for cursor in cursors { #expect(EventCursor(cursor.description) == cursor) }
        for text in ["", "ab", "ab.7.0", "ab.7.-1", "ab.0.1", "ab.7.1.1", "x.7"] { #expect(EventCursor(text) == nil) }
    }

    @Test func `The record of what ended is bounded, and says where it begins`() {
        var registry = MergedRegistry(precedence: Precedence([]))
        var log = EventLog(epoch: 1, capacity: 4)
        _ = registry.apply(RegistryDelta([Sample.microservice("s0", "/shop/s0/1.0")]), from: "a")
        for number in 0..<20 {
            for removes in [false, true] {
                var delta = RegistryDelta()
                let instance = Sample.instance(InstanceID("i\(number)"), of: "s0")
                if removes { delta.removedInstances = [instance.ref] } else { delta.instances = [instance] }
                _ = log.append(registry.apply(delta, from: "a").instances, observed: time)
            }
        }
        // 40 batches: the log has the last 4, the record the 4 ends before these.
        func ended(_ sequence: UInt64) -> [InstanceID]? {
            log.ended(after: Revision(epoch: 1, sequence: sequence), of: nil).map { $0.map(\.instance.id) }
        }
        #expect(ended(36) == ["i18", "i19"])
        #expect(ended(30) == ["i15", "i16", "i17", "i18", "i19"])
        #expect(ended(28) == ["i14", "i15", "i16", "i17", "i18", "i19"])
        #expect(ended(27) == nil)
    }

    private func delta(_ random: inout SeededGenerator) -> RegistryDelta {
        var delta = RegistryDelta()
        for _ in 0...random.below(3) {
            let service = random.below(Self.names)
            let id = ServiceID("s\(service)")
            switch random.below(8) {
            case 0:
                delta.removedMicroservices.append(ServiceRef(tenant: .default, id: id))
            case 1, 2:
                delta.removedInstances.append(
                    Sample.instance(InstanceID("i\(random.below(5))"), of: id).ref)
            default:
                let key = MicroserviceKey(name: MicroserviceName(stringLiteral: "/shop/s\(service)"), version: "1.0")
                delta.microservices.append(Sample.microservice(id, key))
                delta.instances.append(
                    Sample.instance(InstanceID("i\(random.below(5))"), of: id, note: "\(random.below(1_000))"))
            }
        }
        return delta
    }

    private func present(_ tables: RegistryTables, _ names: Set<MicroserviceName>?) -> Set<String> {
        var present: Set<String> = []
        tables.forEachMicroservice { merged in
            guard names?.contains(merged.key.name) ?? true else { return }
            for instance in merged.instances { present.insert("\(merged.key) \(instance.visible.id)") }
        }
        return present
    }
}
