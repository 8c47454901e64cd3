import Registry
import ServiceCenterWire

extension LensedSource: Home where Inner: Home {
    var writing: WritingPolicy { source.writing }

    func perform(
        _ write: RegistryWrite, for caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer {
        let lens = current
        guard lens.rules.moves else { return try await source.perform(write, for: caller) }
        if case .heartbeats(let body) = write {
            return try await beat(HeartbeatSet(request: body, in: caller.tenant), for: caller, lens)
        }
        var caller = caller
        let (write, tenant) = try lens.own(write, in: caller.tenant)
        caller.tenant = tenant
        return try await source.perform(write, for: caller)
    }

    func relay(
        _ request: RelayedRequest, for caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer? {
        var caller = caller
        caller.tenant = current.rules.origin(of: caller.tenant) ?? caller.tenant
        return try await source.relay(request, for: caller)
    }

    /// Instances of one tenant here may be of several ones in the source: each gets its part, and the worst answer is
    /// given.
    private func beat(
        _ set: HeartbeatSet, for caller: Caller, _ lens: Lens
    ) async throws(ServiceCenterError) -> WriteAnswer {
        var parts: [Tenant: HeartbeatSet] = [:]
        var refused: WriteAnswer?
        for ref in set.instances {
            do throws(ServiceCenterError) {
                let own = try lens.own(ref.service)
                parts[own.tenant, default: HeartbeatSet([])].instances.append(InstanceRef(service: own, id: ref.id))
            } catch {
                refused = WriteAnswer(refusing: error)
            }
        }
        var worst = refused ?? WriteAnswer()
        for (tenant, part) in parts {
            var caller = caller
            caller.tenant = tenant
            let answer = try await source.perform(.heartbeats(body: part.body), for: caller)
            if answer.status >= worst.status { worst = answer }
        }
        return worst
    }
}
