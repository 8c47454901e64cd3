/// What becomes of a source's instances when its data has not been confirmed for long.
package struct StaleDeclaration: Sendable, Equatable {
    package enum Treatment: String, Sendable, CaseIterable { case serve, mark, demote, drop }

    /// The age of the data from which it is treated so. Default 90 s; 1 s…30 d.
    package var after = Duration.seconds(90)
    /// Default `serve`.
    package var then = Treatment.serve
    /// How long it is treated so before the instances are dropped. Default: for ever.
    package var lasting: Duration?

    /// The defaults.
    package init() {}

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        let range = Duration.seconds(1)...(.seconds(30 * 86_400))
        after = try mapping.optionalDuration("after", in: range) ?? after
        then = try mapping.optionalWord("then") ?? then
        lasting = try mapping.optionalDuration("for", in: range)
        try mapping.finish()
    }
}
