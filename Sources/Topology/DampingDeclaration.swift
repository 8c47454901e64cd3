/// When an instance that comes and goes is kept out of sight.
package struct DampingDeclaration: Sendable, Equatable {
    /// Default `true`.
    package var enabled = true
    /// So many changes for the worse … Default 10; 2…100,000.
    package var changes = 10
    /// … within this time. Default 1 m; 1 s…1 h.
    package var within = Duration.seconds(60)
    /// How long it must be quiet before it is seen again. Default 1 m; 1 s…1 h.
    package var quiet = Duration.seconds(60)

    /// The defaults.
    package init() {}

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        let range = Duration.seconds(1)...(.seconds(3_600))
        enabled = try mapping.optionalBool("enabled") ?? enabled
        changes = try mapping.optionalInt("changes", in: 2...100_000) ?? changes
        within = try mapping.optionalDuration("within", in: range) ?? within
        quiet = try mapping.optionalDuration("quiet", in: range) ?? quiet
        try mapping.finish()
    }
}
