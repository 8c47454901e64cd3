import Registry
import ServiceCenterWire

@testable import Discovery

extension ServiceCenterSnapshot {
    struct Reading {
        var delta = RegistryDelta()
        var decoded = 0
        var entries = 0
        var upstreamName: String?
    }

    /// Takes a whole dump, fed in pieces of so many bytes.
    mutating func read(
        _ dump: [UInt8], pieces length: Int = 1_000, at now: Duration = .zero
    ) throws(JSONError) -> Reading {
        let update = try feed(dump, pieces: length, at: now)
        try update.finish()
        return Reading(
            delta: commit(update), decoded: update.decoded, entries: update.entries, upstreamName: update.upstreamName)
    }

    /// Feeds a dump, or a part of one, and leaves it at that.
    mutating func feed(
        _ dump: [UInt8], pieces length: Int = 1_000, at now: Duration = .zero
    ) throws(JSONError) -> Update {
        var update = beginUpdate(at: now)
        for start in stride(from: 0, to: dump.count, by: length) {
            try update.feed(Array(dump[start..<min(dump.count, start + length)]), against: &self)
        }
        return update
    }
}

/// What is known after some deltas: the model that they are checked against.
struct Known: Equatable {
    var microservices: [ServiceRef: [UInt8]] = [:]
    var instances: [InstanceRef: [UInt8]] = [:]
    var attachments: [String: [UInt8]] = [:]
    var dependencies: [MicroserviceKey: [UInt8]] = [:]

    init() {}

    init(told delta: RegistryDelta) { apply(delta) }

    /// What a dump says, by decoding all of it; of two entries with one key the last one counts.
    init(_ dump: SampleDump) throws(JSONError) {
        var snapshot = ServiceCenterSnapshot()
        apply(try snapshot.read(dump.bytes).delta)
    }

    mutating func apply(_ delta: RegistryDelta) {
        for entry in delta.microservices { microservices[entry.ref] = entry.body }
        for entry in delta.attachments { attachments["\(entry.service.id)/\(entry.key)"] = entry.body }
        for entry in delta.instances { instances[entry.ref] = entry.body }
        for entry in delta.dependencies { dependencies[entry.consumer] = entry.body }
        for ref in delta.removedInstances { instances[ref] = nil }
        for (service, key) in delta.removedAttachments { attachments["\(service.id)/\(key)"] = nil }
        for ref in delta.removedMicroservices { microservices[ref] = nil }
        for consumer in delta.removedDependencies { dependencies[consumer] = nil }
    }

    /// How many entries are different in another one.
    func distance(to other: Known) -> Int {
        func count<Key>(_ left: [Key: [UInt8]], _ right: [Key: [UInt8]]) -> Int {
            Set(left.keys).union(right.keys).count { left[$0] != right[$0] }
        }
        return count(microservices, other.microservices) + count(instances, other.instances)
            + count(attachments, other.attachments) + count(dependencies, other.dependencies)
    }
}
