/// The ID of one running copy of a microservice: opaque text, 1 to 64 characters in service-center.
package struct InstanceID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package var description: String { text }
    package static func < (left: InstanceID, right: InstanceID) -> Bool { left.text < right.text }
}

/// Where a source keeps one instance.
package struct InstanceRef: Hashable, Sendable {
    package var service: ServiceRef
    package var id: InstanceID

    package init(service: ServiceRef, id: InstanceID) {
        self.service = service
        self.id = id
    }
}
