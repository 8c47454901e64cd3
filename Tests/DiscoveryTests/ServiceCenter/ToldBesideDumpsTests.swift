import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

@Suite("What is told beside the dumps of a service-center")
struct ToldBesideDumpsTests {
    private static func key(_ instance: String, _ service: String) -> String {
        "/cse-sr/inst/files/default/default/\(service)/\(instance)"
    }

    private static func entry(_ instance: String, _ service: String, _ host: String) throws(JSONError) -> DumpEntry {
        var sample = SampleDump(microservices: 0)
        sample.add(instance: instance, of: service, hostName: host)
        var decoder = DumpDecoder()
        return try decoder.decode(
            .instances, key: key(instance, service), revision: 1, cluster: sample.cluster,
            value: Array(sample.entries.last!.value.utf8))
    }

    @Test("counts at once, and is not undone by a dump that was asked for before", arguments: 1...60)
    func order(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var snapshot = ServiceCenterSnapshot()
        var known = Known()
        var truth = SampleDump(microservices: 3, instances: 3)
        known.apply(try snapshot.read(truth.bytes).delta)
        for _ in 0..<30 {
            // A dump is asked for and comes in pieces, while the truth moves on, partly told and partly not.
            let old = truth.bytes
            var update = snapshot.beginUpdate(at: .zero)
            let cuts = (0..<2).map { _ in Int.random(in: 0...old.count, using: &generator) }.sorted()
            var untold = false
            for piece in [old[..<cuts[0]], old[cuts[0]..<cuts[1]], old[cuts[1]...]] {
                try update.feed(Array(piece), against: &snapshot)
                for _ in 0..<Int.random(in: 0...2, using: &generator) {
                    let isTold = Int.random(in: 0..<4, using: &generator) > 0
                    var told = snapshot
                    let delta = try Self.move(&truth, &told, &generator)
                    if isTold {
                        snapshot = told
                        known.apply(delta)
                    }
                    untold = untold || !isTold
                }
            }
            try update.finish()
            known.apply(snapshot.commit(update))
            // Whatever was told holds, so that without anything untold the truth is known.
            let model = try Known(truth)
            if !untold { try #require(known == model, "seed \(seed)") }
            // The next whole dump brings what nobody told, and only that.
            let before = known
            let reading = try snapshot.read(truth.bytes)
            known.apply(reading.delta)
            try #require(known == model, "seed \(seed)")
            #expect(reading.delta.changeCount == before.distance(to: known), "seed \(seed)")
        }
    }

    /// Changes one instance of the truth, and tells a snapshot.
    private static func move(
        _ truth: inout SampleDump, _ snapshot: inout ServiceCenterSnapshot, _ generator: inout SeededGenerator
    ) throws(JSONError) -> RegistryDelta {
        let service = "s\(Int.random(in: 0..<3, using: &generator))"
        let instance = "i\(Int.random(in: 0..<5, using: &generator))"
        guard Int.random(in: 0..<3, using: &generator) > 0 else {
            truth.remove(instance, of: service)
            return snapshot.withdraw(key: key(instance, service))
        }
        let host = "h\(Int.random(in: 0..<4, using: &generator))"
        truth.rename(instance, of: service, to: host)
        let entry = try entry(instance, service, host)
        return snapshot.tell(entry, key: key(instance, service))
    }

    @Test("has a revision, too, when a dump had the highest that there is")
    func highest() throws {
        let text = String(decoding: SampleDump(microservices: 1, instances: 1).bytes, as: UTF8.self)
        let highest = try text.replacing(Regex(#""rev":\d+"#), with: #""rev":\#(Int64.max)"#)
        #expect(highest != text)
        var snapshot = ServiceCenterSnapshot()
        _ = try snapshot.read(Array(highest.utf8))
        #expect((1...3).map { _ in snapshot.nextRevision() } == [.max, .max, .max])
    }

    @Test("says nothing that is known already")
    func known() throws {
        var snapshot = ServiceCenterSnapshot()
        _ = try snapshot.read(SampleDump(microservices: 1, instances: 1).bytes)
        let same = snapshot.tell(try Self.entry("i0", "s0", "h"), key: Self.key("i0", "s0"))
        let other = snapshot.tell(try Self.entry("i0", "s0", "other"), key: Self.key("i0", "s0"))
        let none = snapshot.withdraw(key: Self.key("none", "s0"))
        let gone = snapshot.withdraw(key: Self.key("i0", "s0"))
        let again = snapshot.withdraw(key: Self.key("i0", "s0"))
        #expect(same.isEmpty && none.isEmpty && again.isEmpty)
        #expect(other.instances.count == 1 && other.changeCount == 1)
        #expect(gone.removedInstances.count == 1 && gone.changeCount == 1)
    }

    @Test("does not count where the dump gives the ID to another microservice", arguments: [7, 10_000])
    func renamed(pieces: Int) throws {
        var truth = SampleDump(microservices: 2, instances: 2)
        for servicesFirst in [true, false] {
            var snapshot = ServiceCenterSnapshot()
            var known = Known()
            known.apply(try snapshot.read(truth.bytes).delta)
            var swapped = truth
            swapped.swapIDs("s0", "s1")
            if !servicesFirst { swapped.entries.reverse() }
            var update = snapshot.beginUpdate(at: .zero)
            // Late frames from before the swap: `s0` has the ID `s0`, and a new instance.
            known.apply(snapshot.tell(try Self.entry("i0", "s0", "old"), key: Self.key("i0", "s0")))
            known.apply(snapshot.tell(try Self.entry("late", "s0", "old"), key: Self.key("late", "s0")))
            known.apply(snapshot.withdraw(key: Self.key("i1", "s0")))
            let bytes = swapped.bytes
            for start in stride(from: 0, to: bytes.count, by: pieces) {
                try update.feed(Array(bytes[start..<min(bytes.count, start + pieces)]), against: &snapshot)
            }
            try update.finish()
            known.apply(snapshot.commit(update))
            #expect(known == (try Known(swapped)))
            truth.rename("i0", of: "s1", to: "other")
        }
    }
}
