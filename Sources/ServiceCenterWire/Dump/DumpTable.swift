/// The tables of a dump, by their names in `cache`. A table that is empty is absent; version 2 servers have no rules.
package enum DumpTable: String, CaseIterable, Sendable {
    case services, serviceIndexes, serviceAliases, serviceTags, serviceRules, serviceRuleIndexes
    case dependencyRules, summaries, instances

    /// Whether the table only repeats what others say: its entries are passed over.
    package var isDerived: Bool {
        switch self {
        case .serviceIndexes, .serviceAliases, .serviceRuleIndexes: true
        case .services, .serviceTags, .serviceRules, .dependencyRules, .summaries, .instances: false
        }
    }
}
