import NIOHTTP1
import Registry
import ServiceCenterWire

/// Whether the registry and the process are well.
enum Health {
    /// The registry's own instances, as service-center answers; this process alone when no source has any.
    @Sendable static func registry(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let query = InstanceQuery(
            consumer: nil, tenant: .default, environment: "", application: MicroserviceName.sharedApplication,
            name: MicroserviceName.sharedService, versionText: "0+", version: .atLeast(.zero))
        if case .found(let found) = query.answer(from: services.view.tables), !found.providers.isEmpty {
            return .json { $0.instances(of: found.providers) }
        }
        return .json { writer in
            writer.beginObject()
            writer.key("instances")
            writer.beginArray()
            writer.raw(ownInstance(request, services).body)
            writer.endArray()
            writer.endObject()
        }
    }

    /// `GET /livez`: the process runs and answers.
    @Sendable static func live(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        .text("ok\n")
    }

    /// `GET /readyz`: 200 once every source has spoken or failed, 503 with the names of those that have not.
    @Sendable static func ready(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let view = services.view
        guard !view.isReady else { return .text("ok\n") }
        let waiting = view.sources.filter { $0.state == .starting }.map(\.source.name).joined(separator: ", ")
        return .text("waiting for the first word of: \(waiting)\n", status: .serviceUnavailable)
    }

    /// This process as an instance, under the address by which the client reached it: whatever it listens on, that one
    /// works.
    private static func ownInstance(_ request: Request, _ services: Services) -> InstanceRecord {
        var record = InstanceRecord()
        record.id = "mainstem"
        record.serviceID = "mainstem"
        record.endpoints = request.headers.first(name: "Host").map { ["rest://\($0)/"] } ?? []
        record.hostName = "mainstem"
        record.status = InstanceStatus.up.rawValue
        record.healthCheck = InstanceRecord.HealthCheck()
        record.timestamp = "\(services.startedAt.nanoseconds / 1_000_000_000)"
        record.modTimestamp = record.timestamp
        record.version = Version.dialect
        return record
    }
}
