import Registry
import ServiceCenterWire

/// `GET …/microservices/:serviceId/listwatcher`: a watch that begins with a list, which no client that we know wants.
/// Refused as a watch without an upgrade is, with and without one.
enum ListWatch {
    @Sendable static func refuse(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        throw ServiceCenterError(
            .invalidParameters, "a watch that begins with a list is not served: find, and use '…/watcher'")
    }
}
