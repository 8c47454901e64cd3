package import Discovery
package import Registry
package import Topology

/// Who is to belong to the federation, and how far each is believed: what a running one is changed to.
package struct FederationChange: Sendable {
    /// One source's place.
    package struct Seat: Sendable {
        /// Takes the place, unless who has it stays.
        package var source: any Source
        /// Who has it now, under this name or a former one; nil for a source that is new.
        package var former: SourceID?
        /// Whether who has it stays as it is.
        package var stays: Bool

        package init(_ source: any Source, after former: SourceID? = nil, stays: Bool = false) {
            self.source = source
            self.former = former
            self.stays = stays
        }
    }

    /// In the order of the topology: but for the home, which leads, the strongest first.
    package var seats: [Seat]
    package var policies: [SourceID: SourcePolicy]
    package var merging: MergePolicies
    /// The source that takes writes.
    package var home: SourceID?
    /// Nil leaves it as it is.
    package var history: HistoryPolicy?

    package init(
        seats: [Seat], policies: [SourceID: SourcePolicy] = [:], merging: MergePolicies = MergePolicies(),
        home: SourceID? = nil, history: HistoryPolicy? = nil
    ) {
        self.seats = seats
        self.policies = policies
        self.merging = merging
        self.home = home
        self.history = history
    }
}

extension FederationChange {
    /// What a running source is told; whatever else is declared of it is another source in its place.
    private static let keysOfRunningSources: Set<String> = ["stale", "quarantine", "damping"]

    /// What the difference to another topology means; `sources` are made of that one, in its order.
    package init(_ change: TopologyChange, to topology: Topology, sources: [any Source]) {
        let former = Dictionary(uniqueKeysWithValues: change.renamed.map { ($0.to, SourceID($0.from.rawValue)) })
        let replaced = Set(
            change.changed.filter { !FederationChange.keysOfRunningSources.isSuperset(of: $0.keys) }.map(\.name))
        let added = Set(change.added)
        self.init(
            seats: zip(topology.sources, sources).map { declaration, source in
                let name = declaration.name
                guard !added.contains(name) else { return Seat(source) }
                return Seat(
                    source, after: former[name] ?? source.profile.id,
                    stays: former[name] == nil && !replaced.contains(name))
            },
            policies: .init(topology), merging: MergePolicies(topology.merge), home: topology.home.map(SourceID.init),
            history: HistoryPolicy(topology.server))
    }
}

extension [SourceID: SourcePolicy] {
    /// What a topology declares.
    package init(_ topology: Topology) {
        self.init(
            uniqueKeysWithValues: topology.sources.map { declaration in
                let name = declaration.name.rawValue
                return (SourceID(name), SourcePolicy(declaration, isHome: name == topology.home))
            })
    }
}
