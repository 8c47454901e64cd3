import Registry
import ServiceCenterWire

/// A registry and the leases of its instances. Pure.
struct LocalState: Sendable {
    private(set) var registry: LocalRegistry
    private var leases = Leases<InstanceRef>()
    /// What was kept of instances whose microservice is gone: to be removed.
    private(set) var orphans: [StoredEntry] = []

    init(_ registry: LocalRegistry) { self.registry = registry }

    /// The earliest time at which a lease may end; nil when there is none.
    var nextEnd: Duration? { leases.next }

    /// When an instance's lease ends; nil when it has none.
    func leaseEnd(of instance: InstanceRef) -> Duration? { leases.end(of: instance) }

    /// Takes over what was kept. A lease has what was left of it when the last run ended, but at least the grace period
    /// or its whole length: nothing ends because the process was away.
    mutating func restore(_ kept: LocalStore.Kept, at uptime: Duration) throws(StateFailure) -> RegistryDelta {
        let outcome = try registry.restore(kept)
        orphans = outcome.orphans
        for (instance, length) in outcome.granted {
            let left = kept.leases[DumpKey.instance(instance)] ?? length
            leases.grant(instance, length, left: min(length, max(left, registry.settings.grace)), at: uptime)
        }
        return outcome.delta
    }

    /// Takes over from one that has ended: leases go on, by these settings. Gives everything as one change.
    mutating func takeOver(_ former: LocalState) -> RegistryDelta {
        let settings = registry.settings
        self = former
        registry.settings = settings
        return registry.everything()
    }

    /// Renews one lease, or every one that a set names: an unknown one fails the set, after the others were renewed.
    mutating func beat(
        _ write: RegistryWrite, in tenant: Tenant, at uptime: Duration
    ) throws(ServiceCenterError) -> WriteAnswer {
        try LocalRegistry.checkIDs(of: write)
        switch write {
        case .heartbeat(let service, let id):
            let instance = InstanceRef(service: ServiceRef(tenant: tenant, id: service), id: id)
            guard leases.renew(instance, at: uptime) else {
                throw ServiceCenterError(.instanceUnknown, "leaseId not exist, instance not exist")
            }
        case .heartbeats(let body):
            let instances = try HeartbeatSet(request: body, in: tenant).instances
            guard !instances.isEmpty else { throw ServiceCenterError(.invalidParameters, "Request format invalid.") }
            var isWhole = true
            for instance in instances where !leases.renew(instance, at: uptime) { isWhole = false }
            guard isWhole else { throw ServiceCenterError(.instanceUnknown, "Heartbeat set failed.") }
        default: break
        }
        return WriteAnswer()
    }

    /// Takes over a registry after writes: their leases begin and end.
    mutating func take(_ registry: LocalRegistry, after outcomes: [LocalRegistry.Outcome], at uptime: Duration) {
        self.registry = registry
        for outcome in outcomes {
            for (instance, length) in outcome.granted { leases.grant(instance, length, at: uptime) }
            // One that has ended meanwhile begins again: its instance was found, and its client told so.
            for (instance, length) in outcome.renewed where !leases.renew(instance, at: uptime) {
                leases.grant(instance, length, at: uptime)
            }
            for instance in outcome.delta.removedInstances { leases.release(instance) }
        }
    }

    /// Ends the leases whose time has come; their instances are still there.
    mutating func endLeases(at uptime: Duration) -> [InstanceRef] { leases.expire(at: uptime) }

    /// Removes instances without more ado.
    mutating func expire(_ refs: [InstanceRef]) -> LocalRegistry.Outcome { registry.expire(refs) }

    /// What is left of each lease that was granted or renewed since the last call.
    mutating func takeChangedLeases(at uptime: Duration) -> [(InstanceRef, left: Duration)] {
        leases.takeChanged(at: uptime)
    }
}
