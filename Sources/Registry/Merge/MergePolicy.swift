/// Whose word on an instance is seen that several sources know.
package enum MergePolicy: String, Sendable, CaseIterable {
    /// The strongest source's.
    case precedence
    /// The one that was changed last, or first; among equals, and where it does not say when, the strongest source's.
    case newest, oldest
    /// The strongest source's, with the endpoints and properties that it lacks and others have.
    case union
}

/// Which policy is for which microservices.
package struct MergePolicies: Sendable, Equatable {
    /// For every application that has none of its own.
    package var standard: MergePolicy
    package var applications: [String: MergePolicy]

    package init(_ standard: MergePolicy = .precedence, applications: [String: MergePolicy] = [:]) {
        self.standard = standard
        self.applications = applications
    }

    /// The policy of one microservice.
    package func policy(of key: MicroserviceKey) -> MergePolicy {
        applications.isEmpty ? standard : applications[key.name.application] ?? standard
    }
}
