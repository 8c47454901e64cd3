import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

@Suite("The snapshot of a service-center over many dumps")
struct ServiceCenterSnapshotLawTests {
    @Test("adds up to the last dump, and reports what changed and nothing else", arguments: 1...30)
    func sum(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var snapshot = ServiceCenterSnapshot()
        var dump = SampleDump(microservices: 4, instances: 3)
        var known = Known()
        for _ in 0..<40 {
            if Int.random(in: 0..<4, using: &generator) == 0 { try abandon(dump, &snapshot, &generator) }
            Self.mutate(&dump, &generator)
            let before = known
            let reading = try snapshot.read(dump.bytes, pieces: Int.random(in: 1...2_000, using: &generator))
            known.apply(reading.delta)
            let expected = try Known(dump)
            try #require(known == expected, "seed \(seed)")
            #expect(reading.entries == dump.entries.count)
            // What is new and stands there twice is said twice.
            if Set(dump.entries.map(\.key)).count == dump.entries.count {
                #expect(reading.delta.changeCount == before.distance(to: expected))
            }
            let again = try snapshot.read(dump.bytes).delta
            known.apply(again)
            try #require(known == expected, "seed \(seed)")
            #expect(again.isEmpty)
            Self.removeDuplicates(&dump)
        }
    }

    /// Feeds some of a dump that differs, and drops it.
    private func abandon(
        _ dump: SampleDump, _ snapshot: inout ServiceCenterSnapshot, _ generator: inout SeededGenerator
    ) throws {
        var other = dump
        Self.mutate(&other, &generator)
        _ = try snapshot.feed(Array(other.bytes.prefix(Int.random(in: 0...other.bytes.count, using: &generator))))
    }

    /// Changes some entries; one may stand there twice then, with different values.
    static func mutate(_ dump: inout SampleDump, _ generator: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let service = "s\(Int.random(in: 0..<6, using: &generator))"
            let instance = "i\(Int.random(in: 0..<5, using: &generator))"
            let text = "h\(Int.random(in: 0..<3, using: &generator))"
            switch Int.random(in: 0..<8, using: &generator) {
            case 0, 1: dump.rename(instance, of: service, to: text)
            case 2: dump.remove(instance, of: service)
            case 3: dump.entries.shuffle(using: &generator)
            case 4 where !dump.entries.isEmpty:
                dump.entries.remove(at: Int.random(in: dump.entries.indices, using: &generator))
            case 5: dump.entries += dump.entries.randomElement(using: &generator).map { [$0] } ?? []
            case 6: dump.add(instance: instance, of: service, hostName: text)
            default:
                dump.entries.removeAll { $0.key.hasSuffix("/files/default/default/\(service)") }
                dump.add(microservice: service, level: text)
            }
        }
    }

    /// Keeps the last one of each key.
    static func removeDuplicates(_ dump: inout SampleDump) {
        var keys: Set<String> = []
        dump.entries = dump.entries.reversed().filter { keys.insert($0.key).inserted }.reversed()
    }
}
