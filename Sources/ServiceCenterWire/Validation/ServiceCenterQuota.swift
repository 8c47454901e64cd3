/// How much one microservice may have.
/// Rule: service-center's `quota.go`, its defaults.
package enum ServiceCenterQuota {
    package static let rules = 100
    package static let schemas = 100
    package static let tags = 100

    /// Refuses what would be too much; `resource` is its name in the refusal.
    package static func check(
        _ resource: Resource, of max: Int, used: Int, adding: Int
    ) throws(ServiceCenterError) {
        guard used + adding > max else { return }
        throw ServiceCenterError(
            .quotaExceeded,
            "no quota to create \(resource.rawValue), max num is \(max), curNum is \(used), apply num is \(adding)")
    }

    package enum Resource: String { case rule = "RULE", schema = "SCHEMA", service = "SERVICE", instance = "INSTANCE" }
}
