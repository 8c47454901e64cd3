import Registry

/// What one watch covers.
enum ObservedPart: Hashable, Comparable, CustomStringConvertible {
    /// All that an upstream has: a Mainstem has a watch for that.
    case everything
    /// An environment, which is empty for microservices without one, of a domain and project.
    case environment(String, of: Tenant)

    /// The part that a microservice is in.
    init(of key: MicroserviceKey) { self = .environment(key.name.environment, of: key.tenant) }

    var description: String {
        switch self {
        case .everything: "everything"
        case .environment(let environment, let tenant): environment.isEmpty ? "\(tenant)" : "\(tenant) \(environment)"
        }
    }

    /// Nil for everything.
    var tenant: Tenant? { if case .environment(_, let tenant) = self { tenant } else { nil } }

    static func < (left: ObservedPart, right: ObservedPart) -> Bool {
        switch (left, right) {
        case (.environment(let one, let tenant), .environment(let other, let otherTenant)):
            (tenant, one) < (otherTenant, other)
        case (.everything, .environment): true
        case (_, .everything): false
        }
    }
}
