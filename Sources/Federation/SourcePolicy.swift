package import Registry
package import Topology

/// How far one source is believed, as its topology declares.
package struct SourcePolicy: Sendable, Equatable {
    package var trust: GuardPolicy
    package var staleness: StalenessPolicy

    package init(trust: GuardPolicy = GuardPolicy(), staleness: StalenessPolicy = StalenessPolicy()) {
        self.trust = trust
        self.staleness = staleness
    }

    /// The source that takes writes is believed what it says of them: nobody's own write is kept from him.
    package init(_ declaration: SourceDeclaration, isHome: Bool) {
        self.init()
        if let declared = declaration.quarantine {
            trust.quarantine?.sharePercent = declared.share
            trust.quarantine?.above = declared.above
            trust.quarantine?.reads = declared.reads
            trust.quarantine?.longest = declared.longest
            if !declared.enabled { trust.quarantine = nil }
        }
        if let declared = declaration.damping {
            trust.damping?.changes = declared.changes
            trust.damping?.within = declared.within
            trust.damping?.quiet = declared.quiet
            if !declared.enabled { trust.damping = nil }
        }
        if isHome { trust.damping = nil }
        if let declared = declaration.stale {
            staleness.after = declared.after
            staleness.lasting = declared.lasting
            staleness.treatment =
                switch declared.then {
                case .serve: .serve
                case .mark: .mark
                case .demote: .demote
                case .drop: .drop
                }
        }
    }
}
