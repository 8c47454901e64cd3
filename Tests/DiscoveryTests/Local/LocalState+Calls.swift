import Registry
import ServiceCenterWire
import TestSupport

@testable import Discovery

extension LocalState {
    /// Does one write at a second since the start.
    mutating func write(
        _ write: RegistryWrite, at second: Int64 = 0, in tenant: Tenant = .default
    ) throws(ServiceCenterError) -> LocalRegistry.Outcome {
        switch write {
        case .heartbeat, .heartbeats:
            return LocalRegistry.Outcome(answer: try beat(write, in: tenant, at: .seconds(second)))
        default:
            let time = UnixTime(nanoseconds: (1_700_000_000 + second) * 1_000_000_000)
            let moment = LocalRegistry.Moment(time: time, newInstanceID: ServiceIdentity.newInstanceID())
            var registry = registry
            let outcome = try registry.perform(write, in: tenant, at: moment)
            take(registry, after: [outcome], at: .seconds(second))
            return outcome
        }
    }

    mutating func register(service: String, at second: Int64 = 0) throws(ServiceCenterError) -> ServiceID {
        let body = #"{"service":{"appId":"shop","serviceName":"\#(service)","version":"1.0.0"}}"#
        let outcome = try write(.registerMicroservice(body: Array(body.utf8)), at: second)
        return ServiceID(JSONValue(parsing: outcome.answer.body)?["serviceId"]?.text ?? "")
    }

    /// Registers an instance; `more` are further members of it.
    mutating func register(
        instanceOf service: ServiceID, _ more: String = "", at second: Int64 = 0
    ) throws(ServiceCenterError) -> InstanceID {
        let body = #"{"instance":{"hostName":"h"\#(more.isEmpty ? "" : ",")\#(more)}}"#
        let outcome = try write(.registerInstance(service, body: Array(body.utf8)), at: second)
        return InstanceID(JSONValue(parsing: outcome.answer.body)?["instanceId"]?.text ?? "")
    }

    /// The refusal of a write; nothing when it was done.
    mutating func refusal(
        of write: RegistryWrite, at second: Int64 = 0, in tenant: Tenant = .default
    ) -> ServiceCenterError? {
        do throws(ServiceCenterError) {
            _ = try self.write(write, at: second, in: tenant)
            return nil
        } catch {
            return error
        }
    }

    /// Whose leases end at a second.
    mutating func expired(at second: Int64) -> Set<String> {
        let ended = endLeases(at: .seconds(second))
        return Set(expire(ended).delta.removedInstances.map(\.id.text))
    }
}
