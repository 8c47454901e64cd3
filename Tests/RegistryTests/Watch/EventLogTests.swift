import Registry
import Testing

@Suite struct EventLogTests {
    private let time = UnixTime(nanoseconds: 1)

    @Test func `A new log stands at sequence 0 and has nothing to tell`() {
        let log = EventLog(epoch: 7, capacity: 10)
        #expect(log.head == Revision(epoch: 7, sequence: 0))
        #expect(log.tail == log.head)
        #expect(sequences(log, after: 0) == [])
    }

    @Test func `Every cursor that the log reaches finds all that came after it, in order and without gaps`() {
        for capacity in 1...12 {
            var log = EventLog(epoch: 7, capacity: capacity)
            for number in 1...20 {
                let batch = log.append(changes(number % 4), observed: time)
                #expect(batch.revision == log.head)
                #expect(log.head.sequence == UInt64(number))
                for cursor in log.tail.sequence...log.head.sequence {
                    let expected = Array(cursor..<log.head.sequence).map { $0 + 1 }
                    #expect(sequences(log, after: cursor) == expected, "capacity \(capacity), batch \(number)")
                }
                for cursor in 0..<log.tail.sequence { #expect(sequences(log, after: cursor) == nil) }
            }
        }
    }

    @Test func `The log keeps as many batches as its capacity has changes`() {
        var log = EventLog(epoch: 7, capacity: 6)
        for _ in 1...3 { _ = log.append(changes(2), observed: time) }
        #expect(log.tail.sequence == 0)
        _ = log.append(changes(1), observed: time)
        #expect(log.tail.sequence == 1)
        _ = log.append(changes(6), observed: time)
        #expect(log.tail.sequence == 4)
    }

    @Test func `A batch without changes of instances counts as one`() {
        var log = EventLog(epoch: 7, capacity: 2)
        for _ in 1...3 { _ = log.append([], consumers: ["/shop/web/1.0"], observed: time) }
        #expect(log.tail.sequence == 1)
    }

    @Test(arguments: [-1, 0, 1, 3])
    func `The newest batch stays, however large it is`(capacity: Int) {
        var log = EventLog(epoch: 7, capacity: capacity)
        _ = log.append(changes(1), observed: time)
        _ = log.append(changes(50), observed: time)
        #expect(sequences(log, after: 1) == [2])
        #expect(sequences(log, after: 0) == nil)
        _ = log.append(changes(1), observed: time)
        #expect(sequences(log, after: 2) == [3])
        #expect(sequences(log, after: 1) == nil)
    }

    @Test func `A cursor of another epoch starts over, be it older or newer`() {
        var log = EventLog(epoch: 7, capacity: 10)
        _ = log.append(changes(1), observed: time)
        for epoch: UInt64 in [6, 8] {
            for sequence: UInt64 in [0, 1] {
                #expect(isCompacted(log.read(after: Revision(epoch: epoch, sequence: sequence))))
            }
        }
    }

    @Test func `A cursor from the future starts over`() {
        var log = EventLog(epoch: 7, capacity: 10)
        #expect(sequences(log, after: 1) == nil)
        _ = log.append(changes(1), observed: time)
        #expect(sequences(log, after: 2) == nil)
        #expect(sequences(log, after: .max) == nil)
    }

    @Test func `A batch keeps what it was given`() {
        var log = EventLog(epoch: 7, capacity: 10)
        let batch = log.append(changes(3), consumers: ["/shop/web/1.0"], observed: time)
        #expect(batch.changes.count == 3)
        #expect(batch.consumers == ["/shop/web/1.0"])
        #expect(batch.observed == time)
    }

    @Test func `A smaller log forgets what is more, a larger one goes on from what there is`() {
        var log = EventLog(epoch: 7, capacity: 10)
        for _ in 1...10 { _ = log.append(changes(1), observed: time) }
        #expect(log.kept == 10)
        log.resize(to: 4)
        #expect(log.kept == 4 && log.capacity == 4)
        #expect(sequences(log, after: 6) == [7, 8, 9, 10] && sequences(log, after: 5) == nil)
        log.resize(to: 6)
        for _ in 1...6 { _ = log.append(changes(1), observed: time) }
        #expect(sequences(log, after: 10) == Array(11...16) && sequences(log, after: 9) == nil)
    }

    @Test func `Of the ends that it has forgotten, a smaller log remembers as many as it has changes`() throws {
        var log = EventLog(epoch: 7, capacity: 4)
        for number in 1...8 { _ = log.append([end(InstanceID("i\(number)"))], observed: time) }
        let start = Revision(epoch: 7, sequence: 0)
        #expect(try #require(log.ended(after: start, of: nil)).count == 8)
        log.resize(to: 2)
        #expect(log.ended(after: start, of: nil) == nil)
        let rest = try #require(log.ended(after: Revision(epoch: 7, sequence: 4), of: nil))
        #expect(rest.map(\.instance.id) == ["i5", "i6", "i7", "i8"])
    }

    @Test func `It knows which names of sources were given and taken away after a cursor`() {
        var log = EventLog(epoch: 7, capacity: 3)
        let batch = log.append([], names: ["old", "new"], observed: time)
        #expect(batch.names == ["old", "new"])
        let (start, after) = (Revision(epoch: 7, sequence: 0), batch.revision)
        #expect(log.isRenamed("old", after: start) && log.isRenamed("new", after: start))
        #expect(!log.isRenamed("old", after: after) && !log.isRenamed("other", after: start))
        for _ in 1...3 { _ = log.append(changes(1), observed: time) }
        #expect(!log.isRenamed("old", after: start), "the log does not reach back so far")
    }

    private func end(_ id: InstanceID) -> VisibleChange {
        VisibleChange(
            action: .delete, microservice: "/shop/cart/1.0", canonicalID: "s1",
            instance: Sample.instance(id, of: "s1"), source: "a")
    }

    private func changes(_ count: Int) -> [VisibleChange] {
        var registry = MergedRegistry(precedence: Precedence([]))
        let instances = (0..<count).map { Sample.instance(InstanceID("i\($0)"), of: "s1") }
        let delta = RegistryDelta([Sample.microservice("s1", "/shop/cart/1.0")], instances: instances)
        return registry.apply(delta, from: "a").instances
    }

    /// The sequences that a cursor of the log's epoch finds; nil when the log does not reach back to it.
    private func sequences(_ log: EventLog, after cursor: UInt64) -> [UInt64]? {
        switch log.read(after: Revision(epoch: log.head.epoch, sequence: cursor)) {
        case .batches(let batches): batches.map(\.revision.sequence)
        case .compacted: nil
        }
    }

    private func isCompacted(_ reading: EventLog.Reading) -> Bool {
        if case .compacted = reading { true } else { false }
    }
}
