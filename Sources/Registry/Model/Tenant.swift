/// Service-center's two levels of isolation: a domain and a project in it.
package struct Tenant: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let domain: String
    package let project: String

    package init(domain: String, project: String) {
        self.domain = domain
        self.project = project
    }

    /// The tenant of a request that names none.
    package static let `default` = Tenant(domain: "default", project: "default")

    /// `domain/project`, as service-center writes it in keys and frames.
    package var description: String { "\(domain)/\(project)" }

    package static func < (left: Tenant, right: Tenant) -> Bool {
        (left.domain, left.project) < (right.domain, right.project)
    }
}
