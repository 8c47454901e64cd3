import Registry
import Testing

/// A guard whose policy is declared anew while it holds something back.
@Suite struct AdoptedPolicyTests {
    private let key: MicroserviceKey = "/shop/s/1"
    private var instances: [Instance] { (0..<9).map { Sample.instance(InstanceID("i\($0)"), of: "s") } }

    /// A guard and what is believed of its source, which has said nine instances and withdrawn them all in a read.
    private func holding() -> (SourceGuard, MergedRegistry) {
        var (trust, registry) = (SourceGuard(GuardPolicy()), MergedRegistry(precedence: Precedence(["a"])))
        _ = registry.apply(
            RegistryDelta([Sample.microservice("s", key)], instances: instances), from: "a")
        var gone = RegistryDelta()
        gone.removedInstances = instances.map(\.ref)
        gone.removedMicroservices = [ServiceRef(tenant: .default, id: "s")]
        gone.evidence = .read(isRewound: false)
        let believed = trust.admit(gone, of: SourceWord(of: "a", in: registry), at: .zero)
        #expect(believed.isEmpty)
        _ = trust.takeNews()
        return (trust, registry)
    }

    @Test func `What is held stays held while withdrawals are held at all, and is believed when they are not`() {
        var (trust, _) = holding()
        var policy = GuardPolicy()
        policy.quarantine?.sharePercent = 90
        #expect(trust.adopt(policy).isEmpty)
        #expect(trust.held?.instanceCount == 9)
        #expect(trust.adopt(.trusting).removedInstances.count == 9)
        #expect(trust.takeNews() == [.released(.adopted, instances: 9)])
        #expect(trust.held == nil)
    }

    @Test func `What an operator holds stays held`() {
        var (trust, _) = holding()
        trust.holdByOperator()
        #expect(trust.adopt(.trusting).isEmpty)
        #expect(trust.held?.instanceCount == 9)
    }

    @Test func `Instances that were kept out of sight are seen when damping is declared otherwise`() {
        var policy = GuardPolicy()
        policy.damping?.changes = 2
        var (trust, registry) = (SourceGuard(policy), MergedRegistry(precedence: Precedence(["a"])))
        let said = RegistryDelta([Sample.microservice("s", key)], instances: Array(instances.prefix(2)))
        _ = registry.apply(said, from: "a")
        for _ in 0..<3 {
            var gone = RegistryDelta()
            gone.removedInstances = [instances[0].ref]
            for delta in [gone, RegistryDelta(instances: [instances[0]])] {
                let before = registry
                let believed = trust.admit(delta, of: SourceWord(of: "a", in: before), at: .zero)
                _ = registry.apply(believed, from: "a")
            }
        }
        #expect(registry.tables.instanceCount == 1)
        #expect(trust.adopt(policy).isEmpty)
        policy.damping = nil
        #expect(trust.adopt(policy).instances.map(\.id) == ["i0"])
        #expect(trust.dampedCount == 0)
    }
}
