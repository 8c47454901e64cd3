import Discovery
import Federation
import Locks
import Registry
import ServiceCenterWire

/// Has each write done where it belongs, and makes it visible before it is answered.
final class WriteRouter: Sendable {
    private let federation: FederationService
    private let absorptions = Mutex<[SourceID: Absorption]>([:])

    init(_ federation: FederationService) { self.federation = federation }

    /// Does a write and gives the answer for the client.
    func perform(_ write: RegistryWrite, for caller: Caller) async throws(ServiceCenterError) -> WriteAnswer {
        try FieldRule.tenantPart.check(caller.tenant.domain, "Tenant.Domain")
        try FieldRule.tenantPart.check(caller.tenant.project, "Tenant.Project")
        let rules = WriteRules(
            tables: federation.registry.view.tables, tenant: caller.tenant, home: federation.home?.profile.id,
            isWritable: { self.federation.writer($0) != nil })
        switch try rules.destination(of: write) {
        case .source(let source, let known):
            let answer = try await perform(
                known.map(write.naming) ?? write, asked: write, at: writer(source), caller)
            return IDTranslation(known, givenAs: write.named).back(answer)
        case .adopting(let home, let merged):
            let home = try writer(home)
            // What the home would refuse leaves nothing behind.
            if case .registerInstance(let service, let body) = write {
                var record = try InstanceRecord(request: body)
                record.serviceID = service.text
                try record.validate()
            }
            let adopted = try await home.perform(.registerMicroservice(body: merged.registration), for: caller)
            guard adopted.status < 300, let id = adopted.member("serviceId") else { return adopted }
            let known = ServiceID(id)
            let answer = try await perform(write.naming(known), asked: write, at: home, caller)
            return IDTranslation(known, givenAs: write.named).back(answer)
        case .parts(let parts, let homeless):
            let answers = await withTaskGroup(of: WriteAnswer.self) { group in
                for part in parts { group.addTask { await self.beat(part, caller) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            // Every part is done; the worst is told.
            let refused = homeless.map { [WriteAnswer(refusing: .readOnly($0))] } ?? []
            return (answers + refused).max { $0.status < $1.status } ?? WriteAnswer()
        case .nowhere(let owner): throw ServiceCenterError.readOnly(owner)
        }
    }

    /// One source's part of a set of heartbeats.
    private func beat(_ part: WriteDestination.Part, _ caller: Caller) async -> WriteAnswer {
        do throws(ServiceCenterError) {
            let answer = try await beat(.heartbeats(body: part.set.body), at: writer(part.source), caller)
            return part.ids.back(answer)
        } catch {
            return WriteAnswer(refusing: error)
        }
    }

    private func writer(_ source: SourceID) throws(ServiceCenterError) -> any Home {
        guard let writer = federation.writer(source) else { throw .readOnly(source) }
        return writer
    }

    /// Does a write at one source. `asked` is what the client asked for, in its own IDs.
    private func perform(
        _ write: RegistryWrite, asked: RegistryWrite, at source: any Home, _ caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer {
        guard write.changesWhatIsServed else { return try await beat(write, at: source, caller) }
        var answer = try await source.perform(write, for: caller)
        guard answer.status < 300 || write.mayBeDoneInPart else { return answer }
        if !answer.isTold { await makeVisible(asked, answer, caller.tenant, source.profile.id) }
        if case .registerMicroservice = write, answer.status < 300 { answer = served(answer, asked, caller.tenant) }
        return answer
    }

    /// Passes a heartbeat on, or covers a short absence of who should hear it.
    private func beat(
        _ write: RegistryWrite, at source: any Home, _ caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer {
        let id = source.profile.id
        guard source.writing.absorbs > .zero else { return try await source.perform(write, for: caller) }
        let now = federation.clock.uptime()
        switch absorption(of: source, { $0.begin(at: now) }) {
        case .absorb where isKnown(write, caller.tenant, in: id): return absorbed(id)
        case .absorb, .refuse: throw ServiceCenterError(.unavailable, "the source '\(id)' is away")
        case .ask: break
        }
        let failure: ServiceCenterError
        do throws(ServiceCenterError) {
            let answer = try await source.perform(write, for: caller)
            guard answer.status >= 500 else {
                absorption(of: source) { $0.answered() }
                return answer
            }
            failure = ServiceCenterError(.unavailable, "the source '\(id)' answered status \(answer.status)")
        } catch {
            failure = error
        }
        let later = federation.clock.uptime()
        guard absorption(of: source, { $0.failed(at: later) }) == .absorb, isKnown(write, caller.tenant, in: id) else {
            throw failure
        }
        return absorbed(id)
    }

    private func absorbed(_ source: SourceID) -> WriteAnswer {
        federation.counters.absorbed(source)
        return WriteAnswer()
    }

    /// Whether every instance that a heartbeat names is one that we know of this source.
    private func isKnown(_ write: RegistryWrite, _ tenant: Tenant, in source: SourceID) -> Bool {
        let tables = federation.registry.view.tables
        func isKnown(_ service: ServiceID, _ id: InstanceID) -> Bool {
            let merged = tables.microservice(ServiceRef(tenant: tenant, id: service))
            return merged?.instance(id)?.contributions.contains { $0.source == source } ?? false
        }
        switch write {
        case .heartbeat(let service, let id): return isKnown(service, id)
        case .heartbeats(let body):
            guard let set = try? HeartbeatSet(request: body, in: tenant) else { return false }
            return set.instances.allSatisfy { isKnown($0.service.id, $0.id) }
        default: return false
        }
    }

    @discardableResult
    private func absorption<Result: Sendable>(
        of source: any Home, _ change: (inout Absorption) -> Result
    ) -> Result {
        let (id, limit) = (source.profile.id, source.writing.absorbs)
        return absorptions.withLock { absorptions in
            if absorptions[id]?.limit != limit { absorptions[id] = nil }
            return change(&absorptions[id, default: Absorption(limit: limit)])
        }
    }

    /// The answer to a registration with the ID by which the client knows the microservice, or else the one that is
    /// served, whichever the source gave.
    private func served(_ answer: WriteAnswer, _ asked: RegistryWrite, _ tenant: Tenant) -> WriteAnswer {
        let tables = federation.registry.view.tables
        func canonical(_ id: ServiceID) -> ServiceID? {
            tables.microservice(ServiceRef(tenant: tenant, id: id))?.canonicalID
        }
        guard let known = answer.member("serviceId").map(ServiceID.init), let id = canonical(known) else {
            return answer
        }
        let named = asked.named.flatMap { canonical($0) == id ? $0 : nil }
        return IDTranslation(known, givenAs: named ?? id).back(answer)
    }

    /// How long a source is read again and again until it shows a write, and the first pause before that.
    private static let patience = Duration.seconds(2)
    private static let firstPause = Duration.milliseconds(20)

    /// Waits until a write that was done elsewhere is in what we serve, so that the next read knows it. The source's
    /// answers may lag behind its store, or fail, for a moment; what it does not show in time is shown by a later read.
    private func makeVisible(
        _ write: RegistryWrite, _ answer: WriteAnswer, _ tenant: Tenant, _ source: SourceID
    ) async {
        let end = federation.clock.uptime() + WriteRouter.patience
        var pause = WriteRouter.firstPause
        while true {
            if await federation.refresh(source) {
                let tables = federation.registry.view.tables
                if Visibility(tables: tables, source: source, tenant: tenant).shows(write, answer) { return }
            }
            guard federation.clock.uptime() + pause < end else { return }
            do { try await federation.clock.sleep(for: pause) } catch { return }
            pause *= 2
        }
    }
}

extension MergedMicroservice {
    /// The body of a registration of the same microservice elsewhere, under the ID by which it is served.
    fileprivate var registration: [UInt8] {
        var writer = JSONWriter(reserving: canonical.body.count + 16)
        writer.beginObject()
        writer.key("service")
        writer.raw(canonical.body)
        writer.endObject()
        return writer.bytes
    }
}

extension ServiceCenterError {
    /// Why a write has no place to be done, and which key of the topology gives it one.
    fileprivate static func readOnly(_ owner: SourceID?) -> ServiceCenterError {
        guard let owner else {
            return ServiceCenterError(
                .forbidden,
                "this registry is read-only: set the key 'home' of its topology to the source that takes writes")
        }
        return ServiceCenterError(
            .forbidden,
            "this belongs to the source '\(owner)', which takes no writes here: set 'writable: true' in its settings")
    }
}
