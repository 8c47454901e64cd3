/// How the words on the instances of one microservice become what is seen of each. Pure: it depends on the words and
/// not on the order in which they came.
struct WordRule {
    let precedence: Precedence
    let policy: MergePolicy
    let unite: MergedRegistry.Unite
    let mark: MergedRegistry.Mark

    /// Standing counts before time, time before precedence. One source that keeps an instance under two IDs of the same
    /// microservice is told apart by the ID.
    func isStronger(_ left: InstanceContribution, than right: InstanceContribution) -> Bool {
        let (first, second) = (rank(left), rank(right))
        guard first == second else { return first < second }
        let (before, after) = (time(left), time(right))
        guard before == after else { return before < after }
        return left.source == right.source
            ? left.instance.ref.service.id < right.instance.ref.service.id
            : precedence.isStronger(left.source, than: right.source)
    }

    /// The instance on which these are all words, in any order; there is at least one.
    func merged(_ words: [InstanceContribution]) -> MergedInstance {
        let words = words.count > 1 ? words.sorted(by: isStronger) : words
        let strongest = words[0]
        var visible = strongest.instance
        if policy == .union {
            let equals = words.prefix { rank($0) == rank(strongest) }
            if equals.count > 1 { visible = unite(equals.map(\.instance)) }
        }
        if case .marked(let since) = precedence.standing(of: strongest.source) { visible = mark(visible, since) }
        return MergedInstance(source: strongest.source, visible: visible, shadowed: Array(words.dropFirst()))
    }

    private func rank(_ word: InstanceContribution) -> Int { precedence.standing(of: word.source).rank }

    /// The less, the sooner a word counts.
    private func time(_ word: InstanceContribution) -> Int64 {
        guard let modified = word.instance.modified else { return .max }
        return switch policy {
        case .newest: -modified
        case .oldest: modified
        case .precedence, .union: .max
        }
    }
}
