/// The ID that one registry gave to a microservice: opaque text, 1 to 64 characters in service-center.
/// Equal microservices may have different IDs in different sources.
package struct ServiceID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package var description: String { text }
    package static func < (left: ServiceID, right: ServiceID) -> Bool { left.text < right.text }
}

/// Where a source keeps one microservice: IDs are unique only within a tenant.
package struct ServiceRef: Hashable, Sendable {
    package var tenant: Tenant
    package var id: ServiceID

    package init(tenant: Tenant, id: ServiceID) {
        self.tenant = tenant
        self.id = id
    }
}
