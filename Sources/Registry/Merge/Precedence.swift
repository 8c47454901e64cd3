/// Which source's word counts when two speak of the same thing: the home's, so that what is written is what is read,
/// then the order of `sources:` in the topology file, and for instances the sources' standing before that. It never
/// depends on the order of arrival.
package struct Precedence: Sendable, Equatable {
    private var ranks: [SourceID: Int]
    /// Sources whose standing is not full.
    private var standings: [SourceID: Standing] = [:]

    /// Sources from the strongest to the weakest; a source that is not among them is weaker than all of them.
    package init(_ sources: [SourceID]) {
        ranks = [:]
        for source in sources where ranks[source] == nil { ranks[source] = ranks.count }
    }

    /// The same sources with the home before all others, which keep their order.
    package static func leading(_ home: SourceID?, _ sources: [SourceID]) -> [SourceID] {
        sources.filter { $0 == home } + sources.filter { $0 != home }
    }

    /// 0 for the strongest source.
    package func rank(of source: SourceID) -> Int { ranks[source] ?? ranks.count }

    /// Whether `left` is the stronger one; unlisted sources are told apart by name, so that the order is total.
    package func isStronger(_ left: SourceID, than right: SourceID) -> Bool {
        let (first, second) = (rank(of: left), rank(of: right))
        return first == second ? left < right : first < second
    }

    package func standing(of source: SourceID) -> Standing { standings.isEmpty ? .full : standings[source] ?? .full }

    /// Whether every source has its full standing, which is nearly always.
    var isPlain: Bool { standings.isEmpty }

    /// Another order of the sources, which keep their standings.
    func reordered(_ sources: [SourceID]) -> Precedence {
        var other = Precedence(sources)
        other.standings = standings
        return other
    }

    /// Gives a source another name.
    mutating func rename(_ from: SourceID, _ to: SourceID) {
        ranks[to] = ranks.removeValue(forKey: from)
        standings[to] = standings.removeValue(forKey: from)
    }

    /// False when that is its standing already.
    mutating func give(_ standing: Standing, to source: SourceID) -> Bool {
        guard self.standing(of: source) != standing else { return false }
        standings[source] = standing == .full ? nil : standing
        return true
    }
}
