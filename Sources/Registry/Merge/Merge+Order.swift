import HashTreeCollections

/// How another order of the sources, or other policies, decide anew whose word counts.
extension Merge {
    /// Decides it for everything of which there is more than one word, and notes what that changes. Linear in all
    /// microservices, and in the instances of those that have several words.
    mutating func decideAnew() {
        let shared = tables.microservices.values.lazy.filter { $0.contributions.count > 1 }.map(\.key)
        for key in Array(shared) { decideAnew(key) }
        let precedence = precedence
        for (ref, claims) in tables.claims where claims.count > 1 {
            tables.claims[ref] = claims.sorted { precedence.isStronger($0.source, than: $1.source) }
        }
        for (consumer, rules) in tables.dependencies where rules.count > 1 {
            tables.dependencies[consumer] = rules.sorted { precedence.isStronger($0.source, than: $1.source) }
            outcome.isVisible = true
        }
    }

    private mutating func decideAnew(_ key: MicroserviceKey) {
        let (precedence, rule) = (precedence, rule(of: key))
        guard let before = tables.microservices[key] else { return }
        _ = update(key) { merged in
            merged.contributions.sort { precedence.isStronger($0, than: $1) }
            merged.settle(by: rule)
        }
        guard let after = tables.microservices[key] else { return }
        if before.source != after.source {
            tally[before.source, default: Visibility()].microservices -= 1
            tally[after.source, default: Visibility()].microservices += 1
        }
        if before.canonical !== after.canonical { note(.update, microserviceOf: after.source) }
        // Attachments are taken from the strongest that has them.
        outcome.isVisible = true
        noteDifference(before, after)
    }
}
