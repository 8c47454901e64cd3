import Registry
import TestSupport

/// One seed's random history: what each of 2 to 4 sources says, step by step.
struct History {
    let seed: UInt64
    /// The strongest first.
    let sources: [SourceID]
    let deltas: [SourceID: [RegistryDelta]]

    typealias Step = (source: SourceID, delta: RegistryDelta)

    init(seed: UInt64) {
        self.seed = seed
        var random = SeededGenerator(seed: seed)
        let names: [SourceID] = ["a", "b", "c", "d"]
        sources = Array(names.shuffled(using: &random).prefix(2 + random.below(3)))
        var deltas: [SourceID: [RegistryDelta]] = [:]
        for source in sources {
            var speaker = RandomSpeaker(source, random: SeededGenerator(seed: random.next()))
            deltas[source] = (0..<3 + random.below(7)).map { _ in speaker.next() }
        }
        self.deltas = deltas
    }

    /// The sources by precedence; sometimes the weakest ones are not listed at all.
    var precedence: Precedence {
        let unlisted = seed % 5 == 0 ? 2 : 0
        return Precedence(Array(sources.dropLast(unlisted)))
    }

    /// The same order, as the oracle has it: unlisted sources are told apart by name.
    var ranking: [SourceID] {
        let unlisted = seed % 5 == 0 ? 2 : 0
        return sources.dropLast(unlisted) + sources.suffix(unlisted).sorted { $0.name < $1.name }
    }

    /// All steps in a random order that keeps each source's own; another `variant`, another order.
    func interleaved(_ variant: UInt64) -> [Step] {
        var random = SeededGenerator(seed: seed &* 0x1_0000 &+ variant)
        var remaining = deltas.mapValues { $0[...] }
        var steps: [Step] = []
        while true {
            let speakers = sources.filter { !(remaining[$0]?.isEmpty ?? true) }
            guard !speakers.isEmpty else { return steps }
            let source = random.pick(speakers)
            if let delta = remaining[source]?.popFirst() { steps.append((source, delta)) }
        }
    }

    /// One source after the other, the weakest first.
    var weakestFirst: [Step] {
        sources.reversed().flatMap { source in deltas[source, default: []].map { (source, $0) } }
    }

    /// What each source said last.
    static func words(after steps: [Step]) -> [SourceID: SpokenWords] {
        var words: [SourceID: SpokenWords] = [:]
        for step in steps { words[step.source, default: SpokenWords()].take(step.delta) }
        return words
    }

    /// The registry that has heard these steps.
    func registry(after steps: [Step]) -> MergedRegistry {
        var registry = MergedRegistry(precedence: precedence)
        for step in steps { _ = registry.apply(step.delta, from: step.source) }
        return registry
    }
}
