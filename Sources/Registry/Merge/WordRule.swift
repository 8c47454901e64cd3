/// How the words on the instances of one microservice become what is seen of each. Pure: it depends on the words and
/// not on the order in which they came.
struct WordRule {
    let precedence: Precedence
    let choice: MergePolicies.Choice
    let unite: MergedRegistry.Unite
    let mark: MergedRegistry.Mark

    /// Words of one rank that are decided on among themselves first: those of a list's sources, or a single one.
    private struct Group {
        let list: Int?
        /// The strongest first, once they are in order.
        var words: [InstanceContribution]
    }

    /// The instance on which these are all words, in any order; there is at least one.
    func merged(_ words: [InstanceContribution]) -> MergedInstance {
        let groups = words.count > 1 ? groups(of: words) : [Group(list: nil, words: words)]
        let words = groups.flatMap(\.words)
        let strongest = words[0]
        var visible = strongest.instance
        let united = united(groups)
        if united.count > 1 { visible = unite(united) }
        if case .marked(let since) = precedence.standing(of: strongest.source) { visible = mark(visible, since) }
        return MergedInstance(source: strongest.source, visible: visible, shadowed: Array(words.dropFirst()))
    }

    private func groups(of words: [InstanceContribution]) -> [Group] {
        var groups: [Group] = []
        for word in words {
            let list = choice.list(of: word.source)
            let known = groups.firstIndex { list != nil && $0.list == list && rank($0.words[0]) == rank(word) }
            if let known { groups[known].words.append(word) } else { groups.append(Group(list: list, words: [word])) }
        }
        for index in groups.indices where groups[index].words.count > 1 {
            let policy = policy(of: groups[index])
            groups[index].words.sort { isStronger($0, than: $1, by: policy) }
        }
        return groups.sorted(by: isStronger)
    }

    /// The words that are seen as one, the strongest first.
    private func united(_ groups: [Group]) -> [Instance] {
        let rank = rank(groups[0].words[0])
        let seen = choice.policy == .union ? groups.prefix { self.rank($0.words[0]) == rank } : groups.prefix(1)
        return seen.flatMap { group in
            policy(of: group) == .union ? group.words.map(\.instance) : [group.words[0].instance]
        }
    }

    private func policy(of group: Group) -> MergePolicy { group.list.map { choice.lists[$0].policy } ?? .precedence }

    /// Standing counts before time, time before precedence. A list has the time of its best word, and the place of its
    /// strongest source that has one.
    private func isStronger(_ left: Group, than right: Group) -> Bool {
        let (first, second) = (rank(left.words[0]), rank(right.words[0]))
        guard first == second else { return first < second }
        let (before, after) = (time(left.words[0], by: choice.policy), time(right.words[0], by: choice.policy))
        guard before == after else { return before < after }
        return isStronger(place(of: left), than: place(of: right), by: .precedence)
    }

    private func place(of group: Group) -> InstanceContribution {
        group.words.dropFirst().reduce(group.words[0]) { isStronger($1, than: $0, by: .precedence) ? $1 : $0 }
    }

    /// Of two words of one rank. One source that keeps an instance under two IDs of the same microservice is told apart
    /// by the ID.
    private func isStronger(
        _ left: InstanceContribution, than right: InstanceContribution, by policy: MergePolicy
    ) -> Bool {
        let (before, after) = (time(left, by: policy), time(right, by: policy))
        guard before == after else { return before < after }
        return left.source == right.source
            ? left.instance.ref.service.id < right.instance.ref.service.id
            : precedence.isStronger(left.source, than: right.source)
    }

    private func rank(_ word: InstanceContribution) -> Int { precedence.standing(of: word.source).rank }

    /// The less, the sooner a word counts.
    private func time(_ word: InstanceContribution, by policy: MergePolicy) -> Int64 {
        guard let modified = word.instance.modified else { return .max }
        return switch policy {
        // The same order as that of the negated time, which not every time has.
        case .newest: ~modified
        case .oldest: modified
        case .precedence, .union: .max
        }
    }
}
