import HashTreeCollections
import Registry
import Testing

/// What is held back or kept out of sight, while IDs get other microservices: `s0` is first the ID of the microservice
/// `s0`, and so on.
@Suite struct MovedIDsTests {
    @Test func `What is held stays with its microservice when that swaps its ID with another one`() {
        var source = withdrawing("s0/0")
        source.read(naming(["s0": 1, "s1": 0], without: "s0/0"), isRewound: true)
        #expect(source.places == ["s0: s0/0, s0/1", "s1: s1/0, s1/1"])
        #expect(source.trust.held?.instanceCount == 1)
        // Its instances are all said under the new IDs, but for the one that is held.
        #expect(source.wait(120) == [.released(.overdue, instances: 1)])
        #expect(source.places == ["s0: s0/1", "s1: s1/0, s1/1"])
    }

    @Test func `What is withdrawn by the read that swaps the IDs is held under the new one`() {
        var source = Guarded()
        source.read(said(0..<2, 2))
        var swap = naming(["s0": 1, "s1": 0], without: "s0/0")
        swap.removedInstances.append(instance(0, 0).ref)
        #expect(source.read(swap, isRewound: true) == [.held(.rewound, instances: 1, microservices: 0)])
        #expect(source.places == ["s0: s0/0, s0/1", "s1: s1/0, s1/1"])
        let body = source.registry.instance("s0/0", of: "/shop/s0/1").map { String(decoding: $0.body, as: UTF8.self) }
        #expect(body == #"{"serviceId":"s1","instanceId":"s0/0","n":""}"#)
        #expect(source.read(RegistryDelta([], instances: [Sample.instance("s0/0", of: "s1")])).count == 1)
        #expect(source.trust.held == nil)
        #expect(source.registry.counts(of: "a").instances == 4)
    }

    @Test func `What is held is held no longer when it is said under another ID of its microservice`() {
        var source = withdrawing("s0/0")
        let renewed = RegistryDelta(
            [Sample.microservice("t0", "/shop/s0/1")], instances: [Sample.instance("s0/0", of: "t0")])
        #expect(source.read(renewed) == [.released(.restated, instances: 0)])
        #expect(source.registry.counts(of: "a").instances == 4)
    }

    @Test func `What is held ends when its microservice has no ID any more`() {
        var source = withdrawing("s0/0")
        var taken = naming(["s0": 2])
        taken.removedInstances = [instance(0, 1).ref]
        source.read(taken)
        #expect(source.places == ["s1: s1/0, s1/1", "s2: s2/0, s2/1"])
        #expect(source.trust.held?.instanceCount ?? 0 == 0)
    }

    @Test func `What waits for its microservice is not held: it would be seen at another one that gets the ID`() {
        var source = waiting()
        var read = RegistryDelta([Sample.microservice("t0", "/shop/t/1")])
        read.removedInstances = [Sample.instance("i", of: "t0").ref, instance(0, 0).ref]
        read.removedAttachments = [tag]
        #expect(source.read(read, isRewound: true) == [.held(.rewound, instances: 1, microservices: 0)])
        #expect(source.places == ["s0: s0/0, s0/1", "s1: s1/0, s1/1"])
        #expect(source.registry.tables.microservice("/shop/t/1")?.contributions.first?.attachments.isEmpty == true)
    }

    @Test(arguments: [true, false])
    func `What waits is not held by an operator either, nor for an ID that is named later`(isHeld: Bool) {
        var source = waiting()
        if isHeld { source.hold() }
        var empty = RegistryDelta()
        empty.removedInstances = [Sample.instance("i", of: "t0").ref]
        empty.removedAttachments = [tag]
        #expect(source.read(empty, isRewound: true).isEmpty)
        #expect(source.registry.counts(of: "a").orphans == 0)
        source.read(RegistryDelta([Sample.microservice("t0", "/shop/t/1")]))
        #expect(source.places == ["s0: s0/0, s0/1", "s1: s1/0, s1/1"])
    }

    @Test func `What waits does not make the loss of all that is seen a smaller part`() {
        var source = Guarded()
        source.read(said(0..<5, 2))
        let waiting = (0..<20).map { Sample.instance(InstanceID("i\($0)"), of: "t0") }
        source.take(RegistryDelta([], instances: waiting))
        var lost = gone(0..<5, 2)
        lost.removedInstances += waiting.map(\.ref)
        #expect(source.read(lost) == [.held(.massWithdrawal, instances: 10, microservices: 0)])
        #expect(source.seen.count == 10)
    }

    @Test func `An instance of the same ID at another microservice does not end one that is held`() {
        var source = Guarded()
        let services = said(0..<2, 0).microservices
        let instances = ["s0", "s1"].map { Sample.instance("i", of: $0) }
        source.read(RegistryDelta(services, instances: instances))
        var changed = RegistryDelta([], instances: [Sample.instance("i", of: "s1", note: "new")])
        changed.removedInstances = [instances[0].ref]
        #expect(source.read(changed, isRewound: true) == [.held(.rewound, instances: 1, microservices: 0)])
        #expect(source.places == ["s0: i", "s1: i"])
    }

    @Test func `Who is damped is it under the next ID of its microservice too, and hides nobody else`() {
        var source = flapping()
        source.take(said(0..<1, 1))
        #expect(source.places == ["s0: s0/1", "s1: s1/0, s1/1"])
        source.read(naming(["s0": 1, "s1": 0]))
        #expect(source.places == ["s0: s0/1", "s1: s1/0, s1/1"])
        _ = source.wait(60)
        #expect(source.places == ["s0: s0/0, s0/1", "s1: s1/0, s1/1"])
    }

    @Test func `Who is damped but in sight stays so under the next ID`() {
        var source = flapping(0)
        source.take(RegistryDelta([], instances: [Sample.instance("s0/0", of: "s0", status: .down)]))
        #expect(source.registry.instance("s0/0", of: "/shop/s0/1")?.status == .down)
        #expect(source.trust.dampedCount == 1)
        source.read(naming(["s0": 1, "s1": 0]))
        #expect(source.registry.instance("s0/0", of: "/shop/s0/1")?.status == .down)
        _ = source.wait(60)
        #expect(source.registry.instance("s0/0", of: "/shop/s0/1")?.status == .up)
    }

    @Test func `What is damped under an ID is seen when the source says it of the microservice that gets the ID`() {
        var source = flapping()
        source.take(said(0..<1, 1))
        // It does not withdraw the instance: what stands under the ID belongs to another microservice now.
        source.read(RegistryDelta([Sample.microservice("s0", "/shop/s2/1")]))
        #expect(source.places == ["s1: s1/0, s1/1", "s2: s0/0, s0/1"])
        _ = source.wait(60)
        #expect(source.places == ["s1: s1/0, s1/1", "s2: s0/0, s0/1"])
    }

    @Test func `A consumer that swaps its ID with another one keeps what it looked up`() {
        var registry = MergedRegistry.holding(said(0..<2, 1))
        let (consumer, rule): (MicroserviceKey, _) = ("/shop/s0/1", ProviderRule(name: "/shop/s1", version: "0+"))
        _ = registry.relate(consumer, to: rule)
        _ = registry.apply(naming(["s0": 1, "s1": 0]), from: "home")
        #expect(registry.tables.relations(of: consumer) == [rule])
    }

    private let tag = (service: Sample.tags([:], of: "t0").service, key: Sample.tags([:], of: "t0").key)

    /// Two microservices of two instances, and an instance and tags of one that the source has not named.
    private func waiting() -> Guarded {
        var source = Guarded()
        source.read(said(0..<2, 2))
        var told = RegistryDelta([], instances: [Sample.instance("i", of: "t0")])
        told.attachments = [Sample.tags(["a": "b"], of: "t0")]
        source.take(told)
        return source
    }

    /// Two microservices of two instances, of which this one was withdrawn by an older copy.
    private func withdrawing(_ id: InstanceID) -> Guarded {
        var source = Guarded()
        source.read(said(0..<2, 2))
        var gone = RegistryDelta()
        gone.removedInstances = said(0..<2, 2).instances.map(\.ref).filter { $0.id == id }
        source.read(gone, isRewound: true)
        return source
    }

    /// Two microservices of two instances, of which the first one has come and gone, at last gone.
    private func flapping(_ comings: Int = 3) -> Guarded {
        var policy = GuardPolicy()
        policy.damping?.changes = max(1, comings)
        var source = Guarded(policy)
        source.read(said(0..<2, 2))
        for turn in 0..<comings {
            if turn > 0 { source.take(said(0..<1, 1)) }
            source.take(gone(0..<1, 1))
        }
        return source
    }

    /// A read that gives IDs to other microservices, and moves the two instances of those there.
    private func naming(_ owners: [ServiceID: Int], without missing: InstanceID? = nil) -> RegistryDelta {
        var delta = RegistryDelta()
        for (id, number) in owners {
            delta.microservices.append(Sample.microservice(id, MicroserviceKey(stringLiteral: "/shop/s\(number)/1")))
            for known in (0..<2).map({ instance(number, $0) }) where known.id != missing {
                delta.instances.append(Sample.instance(known.id, of: id))
                delta.removedInstances.append(known.ref)
            }
        }
        return delta
    }
}

extension Guarded {
    /// The instances of each microservice that has any, by its name.
    fileprivate var places: [String] {
        registry.tables.microservices.values.filter { !$0.instances.isEmpty }.map { merged in
            "\(merged.key.name.name): \(merged.instances.map(\.visible.id.text).joined(separator: ", "))"
        }.sorted()
    }
}

extension MergedRegistry {
    fileprivate func instance(_ id: InstanceID, of key: MicroserviceKey) -> Instance? {
        tables.microservice(key)?.instance(id)?.visible
    }
}
