import Federation
import Registry
import ServiceCenterWire

/// `/mainstem/v1/quarantine`: what is held back of what sources withdrew, and the operator's word on it.
enum Quarantine {
    /// `GET`: every source of which something is held, or whatever it withdraws will be.
    @Sendable static func list(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        try request.takesOnly([])
        let sources = services.view.sources
        return .json { writer in
            writer.beginObject()
            writer.key("quarantine")
            writer.beginArray()
            for source in sources where source.quarantine != nil || source.isHeldByOperator || source.damped > 0 {
                writer.beginObject()
                writer.member("source", source.source.name)
                writer.quarantine(of: source)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
    }

    /// `POST …/:source`: whatever the source withdraws is held from now on, until an operator releases it.
    @Sendable static func hold(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let source = try source(request, services)
        services.federation.hold(source)
        return .done()
    }

    /// `DELETE …/:source`: what is held of the source is believed.
    @Sendable static func release(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let source = try source(request, services)
        let count = services.federation.release(source)
        return .json { writer in
            writer.beginObject()
            writer.member("releasedInstances", count)
            writer.endObject()
        }
    }

    private static func source(_ request: Request, _ services: Services) throws(ServiceCenterError) -> SourceID {
        try request.takesOnly([])
        let source = SourceID(request.parameter("source"))
        try services.view.checkName(of: source, "the path must name a source")
        return source
    }
}

extension JSONWriter {
    /// The members that tell what is held of a source.
    mutating func quarantine(of source: SourceStatus) {
        if source.isHeldByOperator {
            key("heldByOperator")
            bool(true)
        }
        if source.damped > 0 { member("dampedInstances", source.damped) }
        guard let held = source.quarantine else { return }
        member("reason", held.reason.rawValue)
        key("since")
        decimal(held.since.seconds)
        if let until = held.until {
            key("until")
            decimal(until.seconds)
        }
        member("instances", held.instances)
        member("microservices", held.microservices)
        member("confirmations", held.confirmations)
    }
}
