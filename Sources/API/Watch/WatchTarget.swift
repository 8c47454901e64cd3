package import Discovery
import NIOHTTP1
package import Registry
import ServiceCenterWire

/// What a watch is about.
package enum WatchTarget: Sendable {
    /// The providers of one consumer.
    case consumer(MicroserviceKey)
    /// A consumer that nobody knows: told so in one frame, then the connection ends.
    case unknownConsumer
    /// A part of the registry: from the present state on, or behind a point in its history.
    case scope(WatchScope, after: WatchStart)
    /// Nothing: the connection keeps an instance alive.
    case heartbeat(ServiceID, InstanceID, Caller)

    /// Where an extended watch begins.
    package enum WatchStart: Sendable {
        case present
        /// Behind this point; nil for a text that is none, which is as good as one that nobody remembers.
        case behind(EventCursor?)
    }
}

/// The routes that become a watch.
enum Watching {
    /// `GET …/microservices/:serviceId/watcher`
    @Sendable static func consumer(_ request: Request, _ services: Services) -> WatchTarget {
        let ref = ServiceRef(tenant: request.tenant, id: ServiceID(request.parameter("serviceId")))
        guard let merged = services.view.tables.microservice(ref) else { return .unknownConsumer }
        return .consumer(merged.key)
    }

    /// `GET …/instances/:instanceId/heartbeat`
    @Sendable static func heartbeat(_ request: Request, _ services: Services) -> WatchTarget {
        .heartbeat(
            ServiceID(request.parameter("serviceId")), InstanceID(request.parameter("instanceId")), request.caller)
    }

    /// The query of the extended watch.
    private static let filters = ["domain", "project", "application", "microservice", "source"]

    /// `GET /mainstem/v1/watch`
    @Sendable static func scope(_ request: Request, _ services: Services) throws(ServiceCenterError) -> WatchTarget {
        try request.takesOnly(filters + ["after"], mayBeEmpty: ["after"])
        func wanted(_ name: String) -> String? {
            let value = request.query(name)
            return value.isEmpty ? nil : value
        }
        let scope = WatchScope(
            domain: wanted("domain"), project: wanted("project"), application: wanted("application"),
            microservice: wanted("microservice"), source: wanted("source"))
        // A browser that connects anew says by itself what it had last.
        guard let after = request.headers.first(name: "Last-Event-ID") ?? wanted("after"), !after.isEmpty else {
            return .scope(scope, after: .present)
        }
        return .scope(scope, after: .behind(EventCursor(after)))
    }
}
