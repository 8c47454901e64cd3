package import Discovery
package import Registry

/// What a watch is about.
package enum WatchTarget: Sendable {
    /// The providers of one consumer.
    case consumer(MicroserviceKey)
    /// A consumer that nobody knows: told so in one frame, then the connection ends.
    case unknownConsumer
    /// Every visible instance.
    case everything
    /// Nothing: the connection keeps an instance alive.
    case heartbeat(ServiceID, InstanceID, Caller)
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

    /// `GET /mainstem/v1/watch`
    @Sendable static func everything(_ request: Request, _ services: Services) -> WatchTarget { .everything }
}
