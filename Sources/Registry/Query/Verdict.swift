/// Why one word on an instance is seen, and the others are not. Pure.
package struct Verdict: Sendable, Equatable {
    /// What told the words apart.
    package enum Reason: String, Sendable, CaseIterable {
        /// There is no other word.
        case only
        /// What the sources' words are worth.
        case standing
        /// The order of the sources.
        case precedence
        /// The merge policy of this name.
        case newest, oldest, union
    }

    /// What keeps a word out of sight.
    package enum Obstacle: String, Sendable, CaseIterable {
        /// Its source's standing.
        case demoted, dropped
        /// A word that counts before it, by the order of the sources or by the merge policy.
        case precedence, newest, oldest
    }

    package let reason: Reason
    /// For each word on the instance, the strongest first; nil for what is seen.
    package let obstacles: [Obstacle?]

    /// `isVisible` says whether the instance is seen at all.
    package init(
        on instance: MergedInstance, isVisible: Bool, by choice: MergePolicies.Choice,
        standing: (SourceID) -> Standing
    ) {
        let words = instance.contributions
        let ranks = words.map { standing($0.source).rank }
        func loser(_ index: Int, to better: Int, by policy: MergePolicy) -> Obstacle? {
            let hasOtherTime = words[index].instance.modified != words[better].instance.modified
            return switch policy {
            case .union: nil
            case .newest where hasOtherTime: .newest
            case .oldest where hasOtherTime: .oldest
            default: .precedence
            }
        }
        func obstacle(_ index: Int) -> Obstacle? {
            guard isVisible, ranks[index] == ranks[0] else { return ranks[index] > 1 ? .dropped : .demoted }
            // Within its list first; then the best word of the list against all others.
            let list = choice.list(of: words[index].source)
            let best = list.flatMap { list in
                words.indices.first { ranks[$0] == ranks[0] && choice.list(of: words[$0].source) == list }
            }
            if let list, let best, best != index {
                return loser(index, to: best, by: choice.lists[list].policy) ?? obstacle(best)
            }
            return index == 0 ? nil : loser(index, to: 0, by: choice.policy)
        }
        obstacles = words.indices.map(obstacle)
        reason =
            if !isVisible { .standing } else if words.count == 1 { .only } else {
                switch obstacles[1] {
                case .demoted, .dropped: .standing
                case .newest: .newest
                case .oldest: .oldest
                case .precedence: .precedence
                case nil: .union
                }
            }
    }
}
