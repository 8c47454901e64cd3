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
        on instance: MergedInstance, isVisible: Bool, policy: MergePolicy, standing: (SourceID) -> Standing
    ) {
        let words = instance.contributions
        let ranks = words.map { standing($0.source).rank }
        func obstacle(_ index: Int) -> Obstacle? {
            guard isVisible, ranks[index] == ranks[0] else { return ranks[index] > 1 ? .dropped : .demoted }
            if index == 0 || policy == .union { return nil }
            let hasOtherTime = words[index].instance.modified != words[0].instance.modified
            switch policy {
            case .newest where hasOtherTime: return .newest
            case .oldest where hasOtherTime: return .oldest
            default: return .precedence
            }
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
