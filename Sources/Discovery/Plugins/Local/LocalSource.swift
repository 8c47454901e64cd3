package import Registry
package import ServiceCenterWire
import Locks

/// An embedded registry as a source and a home. Its lock is held while a change is told, so that changes are told in
/// the order in which they happened.
package final class LocalSource: Home, SchemaSource {
    private struct State {
        var registry: LocalRegistry
        /// Who is told of changes; what happened before anybody listened waits.
        var tell: (@Sendable (RegistryDelta) -> Void)?
        var untold: [RegistryDelta] = []

        mutating func publish(_ delta: RegistryDelta) {
            guard !delta.isEmpty else { return }
            if let tell { tell(delta) } else { untold.append(delta) }
        }
    }

    package let profile: SourceProfile
    package var tellsWritesAtOnce: Bool { true }
    private let clock: any Timekeeper
    private let state: Mutex<State>

    package init(id: SourceID, location: Location? = nil, settings: LocalSettings, clock: any Timekeeper) {
        // Nothing is read from outside: the interval only confirms that the registry is there.
        profile = SourceProfile(
            id: id, plugin: LocalPlugin.name, endpoints: [], location: location, interval: .seconds(10))
        self.clock = clock
        state = Mutex(State(registry: LocalRegistry(settings: settings)))
    }

    /// Everything is told as it happens, so that a read finds nothing new.
    package func read() async throws(SourceFailure) -> SourceReading { SourceReading(delta: RegistryDelta()) }

    package func follow(_ tell: @escaping @Sendable (RegistryDelta) -> Void) async {
        state.withLock { state in
            state.tell = tell
            let untold = state.untold
            state.untold = []
            for delta in untold { state.publish(delta) }
        }
        while !Task.isCancelled {
            let wait = state.withLock { state in
                state.publish(state.registry.expire(at: clock.uptime()))
                return (state.registry.leases.next ?? .seconds(3_600)) - clock.uptime()
            }
            // A lease that is granted meanwhile lasts a second or longer.
            try? await clock.sleep(for: max(.milliseconds(10), min(wait, .seconds(1))))
        }
        state.withLock { $0.tell = nil }
    }

    package func schema(_ id: String, of service: ServiceRef) async throws(SourceFailure) -> String? {
        state.withLock { $0.registry.schemas[service]?[id]?.text }
    }

    package func perform(
        _ write: RegistryWrite, in tenant: Tenant
    ) async throws(ServiceCenterError) -> WriteAnswer {
        let moment = LocalRegistry.Moment(
            time: clock.now(), uptime: clock.uptime(), newInstanceID: ServiceIdentity.newInstanceID())
        let result = state.withLock { state -> Result<WriteAnswer, ServiceCenterError> in
            do throws(ServiceCenterError) {
                let outcome = try state.registry.perform(write, in: tenant, at: moment)
                state.publish(outcome.delta)
                return .success(outcome.answer)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
