import Registry
import TestSupport
import Testing

@testable import Discovery

/// The laws of a lens, over random upstreams: a failing seed is named in the message, and fails alone as well.
@Suite("What is seen through a lens")
struct LensLawTests {
    /// Seeds in blocks, so that no test holds up the others.
    static let blocks = (0..<12).map { UInt64($0) * 4..<UInt64($0 + 1) * 4 }

    @Test("adds up to what is seen of the whole, after every delta", arguments: NaiveLens.all, blocks)
    func sum(naive: NaiveLens, seeds: Range<UInt64>) throws {
        for seed in seeds {
            var (speaker, lens, known) = (LensSpeaker(seed: seed), try naive.lens(), SeenWords())
            for step in 0..<25 {
                var delta = speaker.next()
                delta.evidence = .read(isRewound: step % 2 == 0)
                let seen = lens.see(delta)
                #expect(seen.evidence == delta.evidence)
                let lies = try known.apply(seen)
                #expect(lies == [] || !lens.rules.moves, "seed \(seed), step \(step)")
                let isSame = known == naive.seen(speaker.words)
                try #require(isSame, "seed \(seed), step \(step)")
                #expect(lens.filtered == naive.filtered(speaker.words), "seed \(seed), step \(step)")
            }
        }
    }

    @Test("is the same in whatever order and portions it was said", arguments: NaiveLens.all, blocks)
    func order(naive: NaiveLens, seeds: Range<UInt64>) throws {
        for seed in seeds {
            var speaker = LensSpeaker(seed: seed)
            for _ in 0..<20 { _ = speaker.next() }
            var random = SeededGenerator(seed: seed)
            var entries = RegistryDelta.each(of: speaker.words.whole)
            entries.shuffle(using: &random)
            var (lens, known) = (try naive.lens(), SeenWords())
            while !entries.isEmpty {
                let portion = RegistryDelta.all(entries.prefix(1 + random.below(7)))
                entries.removeFirst(min(entries.count, portion.changeCount))
                #expect(try known.apply(lens.see(portion)) == [], "seed \(seed)")
            }
            let isSame = known == naive.seen(speaker.words)
            #expect(isSame, "seed \(seed)")
        }
    }

    @Test("says why it is so, as the source did", arguments: NaiveLens.all)
    func reason(naive: NaiveLens) throws {
        var (speaker, lens) = (LensSpeaker(seed: 1), try naive.lens())
        var delta = speaker.next()
        (delta.cause, delta.evidence) = (.expiry, .read(isRewound: true))
        let seen = lens.see(delta)
        #expect(seen.cause == .expiry)
        #expect(seen.evidence == .read(isRewound: true))
    }

    @Test("does not change when everything is said once more", arguments: NaiveLens.all, blocks)
    func again(naive: NaiveLens, seeds: Range<UInt64>) throws {
        for seed in seeds {
            var (speaker, lens) = (LensSpeaker(seed: seed), try naive.lens())
            for _ in 0..<20 { _ = lens.see(speaker.next()) }
            let told = lens.see(speaker.words.whole)
            #expect(told.isEmpty || !lens.rules.moves, "seed \(seed)")
        }
    }
}

extension RegistryDelta {
    /// Each entry that it says as a delta of its own.
    fileprivate static func each(of delta: RegistryDelta) -> [RegistryDelta] {
        func one(_ fill: (inout RegistryDelta) -> Void) -> RegistryDelta {
            var one = RegistryDelta()
            fill(&one)
            return one
        }
        return delta.microservices.map { entry in one { $0.microservices = [entry] } }
            + delta.attachments.map { entry in one { $0.attachments = [entry] } }
            + delta.instances.map { entry in one { $0.instances = [entry] } }
            + delta.dependencies.map { entry in one { $0.dependencies = [entry] } }
    }

    fileprivate static func all(_ deltas: ArraySlice<RegistryDelta>) -> RegistryDelta {
        deltas.reduce(into: RegistryDelta()) { sum, delta in
            sum.microservices += delta.microservices
            sum.attachments += delta.attachments
            sum.instances += delta.instances
            sum.dependencies += delta.dependencies
        }
    }
}
