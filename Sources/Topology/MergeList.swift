/// Sources among whose words a policy of their own decides first.
package struct MergeList: Sendable, Hashable {
    /// At least two; each in one list only.
    package var names: Set<SourceName>
    package var policy: MergeDeclaration.Policy

    /// `taken` are the sources of earlier lists.
    init(
        from mapping: StrictMapping, names known: [SourceName], _ taken: inout Set<SourceName>
    ) throws(TopologyError) {
        var mapping = mapping
        let texts = try mapping.requiredStrings("of")
        policy = try mapping.requiredWord("policy")
        try mapping.finish()
        names = []
        for (index, text) in texts.enumerated() {
            guard let name = known.first(where: { $0.rawValue == text }) else {
                let texts = known.map(\.rawValue)
                let hint = NearMatch.of(text, in: texts).map { "did you mean '\($0)'? " } ?? ""
                throw mapping.error(
                    at: "of", item: index, "'of' names \(QuotedText(text)), which is not a source",
                    remedy: hint + "the sources are: " + texts.joined(separator: ", "))
            }
            guard taken.insert(name).inserted else {
                throw mapping.error(
                    at: "of", item: index, "the source '\(text)' is named twice in 'merge.sources'",
                    remedy: "name each source once, in one list")
            }
            names.insert(name)
        }
        guard names.count > 1 else {
            throw mapping.error(
                at: "of", "'of' names one source alone", remedy: "name those among which 'policy' decides")
        }
    }
}
