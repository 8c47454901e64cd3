import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

@Suite("The snapshot of a service-center")
struct ServiceCenterSnapshotTests {
    @Test("says everything after the first dump")
    func first() throws {
        var snapshot = ServiceCenterSnapshot()
        let reading = try snapshot.read(SampleDump().bytes)
        #expect(reading.delta.microservices.map(\.id.text) == ["s0", "s1", "s2"])
        #expect(reading.delta.instances.count == 6)
        #expect(reading.delta.attachments.map(\.key) == [.tags, .schemaSummary("api")])
        #expect(reading.delta.dependencies.count == 1)
        #expect(reading.delta.changeCount == 12)
        #expect(reading.decoded == 12)
        #expect(reading.entries == 12)
        #expect(reading.upstreamName == "up")
    }

    @Test("says nothing, and decodes nothing, when the dump is the same in any order", arguments: [1, 13, 100_000])
    func same(pieces: Int) throws {
        var snapshot = ServiceCenterSnapshot()
        var dump = SampleDump()
        _ = try snapshot.read(dump.bytes)
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<5 {
            let reading = try snapshot.read(dump.bytes, pieces: pieces)
            #expect(reading.delta.isEmpty)
            #expect(reading.decoded == 0)
            #expect(reading.entries == 12)
            dump.entries.shuffle(using: &generator)
        }
    }

    @Test("decodes one entry when one byte of it has changed")
    func oneByte() throws {
        var snapshot = ServiceCenterSnapshot()
        var dump = SampleDump()
        _ = try snapshot.read(dump.bytes)
        dump.rename("i1", of: "s2", to: "H")
        let reading = try snapshot.read(dump.bytes)
        #expect(reading.decoded == 1)
        #expect(reading.delta.changeCount == 1)
        #expect(reading.delta.instances.map(\.id.text) == ["i1"])
    }

    @Test("says exactly which entry is gone, of every kind")
    func removal() throws {
        let whole = SampleDump()
        for index in whole.entries.indices {
            var snapshot = ServiceCenterSnapshot()
            _ = try snapshot.read(whole.bytes)
            var part = whole
            part.entries.remove(at: index)
            let reading = try snapshot.read(part.bytes)
            #expect(reading.delta.changeCount == 1)
            #expect(reading.decoded == 0)
            var known = try Known(whole)
            known.apply(reading.delta)
            #expect(try known == Known(part))
            #expect(try snapshot.read(whole.bytes).delta.changeCount == 1)
        }
    }

    @Test("is exact when one entry stands there twice and another one is missing")
    func duplicateAndMissing() throws {
        var snapshot = ServiceCenterSnapshot()
        var dump = SampleDump()
        _ = try snapshot.read(dump.bytes)
        dump.remove("i0", of: "s0")
        dump.entries.append(dump.entries[0])
        let reading = try snapshot.read(dump.bytes)
        #expect(reading.delta.removedInstances.map(\.id.text) == ["i0"])
        #expect(reading.delta.changeCount == 1)
        #expect(try snapshot.read(dump.bytes).delta.isEmpty)
    }

    @Test("is exact when a new entry stands there twice and another one is missing")
    func newDuplicateAndMissing() throws {
        var snapshot = ServiceCenterSnapshot()
        var dump = SampleDump()
        var known = Known()
        known.apply(try snapshot.read(dump.bytes).delta)
        dump.remove("i0", of: "s0")
        for _ in 0..<2 { dump.add(instance: "new", of: "s0") }
        known.apply(try snapshot.read(dump.bytes).delta)
        #expect(try known == Known(dump))
        #expect(try snapshot.read(dump.bytes).delta.isEmpty)
    }

    @Test("goes by the last one when two entries of one key disagree, however often they are read")
    func disagreeingDuplicates() throws {
        var snapshot = ServiceCenterSnapshot()
        var dump = SampleDump()
        dump.add(instance: "i0", of: "s0", hostName: "last")
        var known = Known()
        for round in 0..<4 {
            let delta = try snapshot.read(dump.bytes).delta
            #expect(delta.isEmpty == (round > 0))
            known.apply(delta)
            #expect(try known == Known(dump))
        }
    }

    @Test("forgets a dump that was given up half-way")
    func abandoned() throws {
        var snapshot = ServiceCenterSnapshot()
        let old = SampleDump()
        _ = try snapshot.read(old.bytes)
        var new = SampleDump(microservices: 5, instances: 1)
        for index in 0..<3 { new.rename("i0", of: "s\(index)", to: "other") }
        for count in stride(from: 0, to: new.bytes.count, by: 50) {
            let update = try snapshot.feed(Array(new.bytes[..<count]))
            #expect(throws: JSONError.self) { try update.finish() }
            let reading = try snapshot.read(old.bytes)
            #expect(reading.delta.isEmpty)
            #expect(reading.decoded == 0)
        }
        var known = try Known(old)
        known.apply(try snapshot.read(new.bytes).delta)
        #expect(try known == Known(new))
    }

    @Test("forgets a dump with a malformed entry")
    func malformed() throws {
        var snapshot = ServiceCenterSnapshot()
        let old = SampleDump()
        _ = try snapshot.read(old.bytes)
        var new = old
        new.rename("i0", of: "s0", to: "other")
        new.add("instances", "/cse-sr/inst/files/default/default/s0/bad", "{}")
        #expect(throws: JSONError.self) { try snapshot.read(new.bytes) }
        #expect(try snapshot.read(old.bytes).delta.isEmpty)
    }

    @Test("says of the recorded dumps nothing the second time", .enabled(if: Recordings.areThere, "reads ../shared"))
    func recorded() throws {
        var snapshot = ServiceCenterSnapshot()
        let (north, south) = (try Recordings.data("dump-sc-1.json"), try Recordings.data("dump-sc-2.json"))
        #expect(try snapshot.read(north).upstreamName == "sc-1")
        #expect(try snapshot.read(north, pieces: 77).delta.isEmpty)
        // Another upstream behind the same address: all that it lacks is withdrawn.
        let delta = try snapshot.read(south).delta
        #expect(delta.removedInstances.count == 20)
        #expect(delta.removedAttachments.count == 3)
        #expect(try snapshot.read(south).delta.isEmpty)
    }
}
