/// When clients may come in after a start.
package struct StartDeclaration: Sendable, Equatable {
    /// Which sources are waited for: `all` or `any`. Default `all`.
    package var when = Condition.all
    /// How long they are waited for at most. Default 10 s; 0 s…1 h.
    package var deadline = Duration.seconds(10)

    package enum Condition: String, Sendable, CaseIterable { case all, any }

    /// The defaults.
    package init() {}

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        when = try mapping.optionalWord("when") ?? when
        deadline = try mapping.optionalDuration("deadline", in: .zero...(.seconds(3_600))) ?? deadline
        try mapping.finish()
    }
}
