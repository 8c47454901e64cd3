import Registry
import ServiceCenterWire
import TestSupport

@testable import Discovery

extension LocalRegistry {
    /// Does one write at a second since the start.
    mutating func write(
        _ write: RegistryWrite, at second: Int64 = 0, in tenant: Tenant = .default
    ) throws(ServiceCenterError) -> Outcome {
        let time = UnixTime(nanoseconds: (1_700_000_000 + second) * 1_000_000_000)
        return try perform(
            write, in: tenant,
            at: Moment(
                time: time, uptime: .seconds(second), newInstanceID: ServiceIdentity.newInstanceID()))
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
        Set(expire(at: .seconds(second)).removedInstances.map(\.id.text))
    }
}
