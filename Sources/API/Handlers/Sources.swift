import Federation
import Registry
import ServiceCenterWire

/// `GET /mainstem/v1/sources`: how every source does, the strongest first. Times are seconds since 1970, ages seconds.
enum Sources {
    @Sendable static func list(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        try request.takesOnly([])
        let view = services.view
        let now = services.now()
        return .json(reserving: 4_096) { writer in
            writer.beginObject()
            writer.member("revision", view.revision.description)
            writer.key("sources")
            writer.beginArray()
            for source in view.sources { write(source, at: now, to: &writer) }
            writer.endArray()
            writer.endObject()
        }
    }

    private static func write(_ source: SourceStatus, at now: UnixTime, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", source.source.name)
        writer.member("plugin", source.plugin)
        writer.member("state", source.state.rawValue)
        if source.isRestored {
            writer.key("restored")
            writer.bool(true)
        }
        writer.key("since")
        writer.decimal(source.since.seconds)
        if let success = source.lastSuccess {
            writer.key("lastSuccess")
            writer.decimal(success.seconds)
            writer.key("dataAgeSeconds")
            writer.decimal(max(0, now.seconds - success.seconds))
        }
        if let (at, reason) = source.lastFailure {
            writer.key("lastFailure")
            writer.beginObject()
            writer.key("at")
            writer.decimal(at.seconds)
            writer.member("kind", reason.label)
            writer.member("reason", "\(reason)")
            writer.endObject()
        }
        writer.member("consecutiveFailures", source.consecutiveFailures)
        writer.key("endpoints")
        writer.beginArray()
        for endpoint in source.endpoints { write(endpoint, to: &writer) }
        writer.endArray()
        if let location = source.location {
            writer.key("datacenter")
            writer.beginObject()
            writer.member("name", location.name)
            writer.member("region", location.region)
            writer.member("availableZone", location.availableZone)
            writer.endObject()
        }
        writer.standing(of: source)
        if source.quarantine != nil || source.isHeldByOperator || source.damped > 0 {
            writer.key("quarantine")
            writer.beginObject()
            writer.quarantine(of: source)
            writer.endObject()
        }
        writer.member("notKept", ifPresent: source.notKept ?? "")
        writer.member("secretFault", ifPresent: source.secretFault ?? "")
        writer.member("upstreamName", ifPresent: source.upstreamName ?? "")
        write(source.observation, to: &writer)
        write(source.counts, to: &writer)
        if let filtered = source.filtered {
            writer.key("filtered")
            writer.beginObject()
            writer.member("microservices", filtered.microservices)
            writer.member("instances", filtered.instances)
            writer.member("orphans", filtered.orphans)
            writer.endObject()
        }
        writer.endObject()
    }

    private static func write(_ observation: Observation, to writer: inout JSONWriter) {
        writer.member("mode", observation.mode)
        writer.member("modeReason", ifPresent: observation.reason ?? "")
        guard case .observed(let watches, let wanted, _) = observation else { return }
        writer.key("watches")
        writer.beginObject()
        writer.member("open", watches)
        writer.member("wanted", wanted)
        writer.endObject()
    }

    private static func write(_ endpoint: EndpointStatus, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("url", endpoint.endpoint)
        writer.member("state", endpoint.state.rawValue)
        writer.key("score")
        writer.decimal((endpoint.score * 1_000).rounded() / 1_000)
        writer.member("consecutiveFailures", endpoint.consecutiveFailures)
        if let (at, reason) = endpoint.lastFailure {
            writer.key("lastFailure")
            writer.beginObject()
            writer.key("at")
            writer.decimal(at.seconds)
            writer.member("reason", reason)
            writer.endObject()
        }
        writer.endObject()
    }

    private static func write(_ counts: SourceCounts, to writer: inout JSONWriter) {
        writer.key("microservices")
        writer.beginObject()
        writer.member("held", counts.microservices)
        writer.member("visible", counts.visibleMicroservices)
        writer.endObject()
        writer.key("instances")
        writer.beginObject()
        writer.member("held", counts.instances)
        writer.member("visible", counts.visibleInstances)
        writer.member("orphans", counts.orphans)
        writer.endObject()
    }
}

extension JSONWriter {
    /// What a source's word is worth, and what that becomes if no read confirms it before.
    mutating func standing(of source: SourceStatus) {
        member("standing", source.standing.name)
        guard let next = source.nextStanding else { return }
        key("next")
        beginObject()
        member("standing", next.standing.name)
        key("at")
        decimal(next.at.seconds)
        endObject()
    }
}
