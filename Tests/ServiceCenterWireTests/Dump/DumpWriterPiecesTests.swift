import Registry
import ServiceCenterWire
import TestSupport
import Testing

@Suite("The pieces of our own dump")
struct DumpWriterPiecesTests {
    private static let bound = DumpWriter.pieceBytes

    /// Every piece but the last is long enough to be worth sending, and none has much more than one entry too much.
    private func expectBounded(_ pieces: [[UInt8]], longestEntry: Int) {
        #expect(pieces.dropLast().allSatisfy { $0.count >= Self.bound })
        #expect(pieces.allSatisfy { $0.count < Self.bound + longestEntry })
        #expect(pieces.count > 1)
    }

    @Test("of an empty registry are one, with no table in it")
    func empty() throws {
        let pieces = Merged.pieces(MergedRegistry(precedence: Precedence([])))
        #expect(pieces == [Array(#"{"cache":{}}"#.utf8)])
        #expect(try Dumps.decoded(pieces).isEmpty)
    }

    @Test("are bounded, whether one microservice has many instances or many have one", arguments: [1, 4_000])
    func bounded(microservices: Int) throws {
        var delta = RegistryDelta()
        for index in 0..<microservices {
            delta.add(
                RegistryDelta(
                    microservice: "s\(index)", name: "n\(index)",
                    instances: (0..<4_000 / microservices).map { "i\(index)-\($0)" }))
        }
        let pieces = Merged.pieces(Merged.registry([("x", delta)]))
        expectBounded(pieces, longestEntry: 1_000)
        #expect(Dumps.delta(try Dumps.decoded(pieces)).instances.count == 4_000)
    }

    @Test("are bounded when there are many dependencies")
    func manyDependencies() throws {
        var delta = RegistryDelta()
        for index in 0..<2_000 {
            delta.dependencies.append(DependencyRule(consumer: "c\(index)", providers: ["p\(index)", "q\(index)"]))
        }
        let pieces = Merged.pieces(Merged.registry([("x", delta)]))
        expectBounded(pieces, longestEntry: 1_000)
        let copy = Dumps.delta(try Dumps.decoded(pieces))
        #expect(Set(copy.dependencies.map(\.consumer)) == Set(delta.dependencies.map(\.consumer)))
    }

    @Test("of a large registry are bounded", .enabled(if: Recordings.areThere, "reads ../shared"))
    func large() throws {
        let delta = Dumps.delta(try Dumps.decoded([Dumps.unpacked("large-dump-sc-1.json.gz")]))
        let pieces = Merged.pieces(Merged.registry([("x", delta)]))
        expectBounded(pieces, longestEntry: 4_000)
        #expect(try Dumps.decoded(pieces).count == delta.changeCount)
    }

    @Test("make a whole dump, wherever the last table ends in the last piece")
    func lastPiece() throws {
        let plain = Merged.pieces(Merged.registry([("x", RegistryDelta(microservice: "s", instances: ["i"]))]))
        // So that the table's bracket, the cache's brace or the dump's is the last byte of a full piece, or just not.
        let filling = Self.bound - plain[0].count
        for padding in (filling - 3)...(filling + 4) {
            let delta = RegistryDelta(microservice: "s", instances: ["i"], padding: padding)
            let pieces = Merged.pieces(Merged.registry([("x", delta)]))
            #expect(throws: Never.self, "padded by \(padding)") { try scan(pieces) }
            #expect(pieces.reduce(0) { $0 + $1.count } == plain[0].count + padding)
        }
    }

    @Test("write a provider that stands for everything as the real one does")
    func everything() throws {
        var delta = RegistryDelta()
        delta.dependencies = [DependencyRule(consumer: "c", providers: ["*"])]
        let dump = Merged.pieces(Merged.registry([("x", delta)])).flatMap(\.self)
        #expect(
            Set(Merged.entries(dump)["dependencyRules"]?.keys.map(\.self) ?? []) == [
                "/cse-sr/ms/dep-rules/default/default/c//shop/c/1.0.0", "/cse-sr/ms/dep-rules/default/default/p//*",
            ])
        #expect(Dumps.delta(try Dumps.decoded([dump])).dependencies.first?.providers.map(\.isEverything) == [true])
    }

    @Test("tell of each provider the way by which it is known, and none of what is said at first hand")
    func ways() throws {
        func said(_ ways: [(name: String, path: String)]) -> RegistryDelta {
            let rule = DependencyRule(consumer: "c", providers: ways.map(\.name))
            let providers = zip(rule.providers, ways).map { provider, way in
                ProviderRule(name: provider.name, version: provider.version, path: way.path)
            }
            var delta = RegistryDelta()
            delta.dependencies = [DependencyRule(consumer: rule.consumer, providers: providers, upstreamRevision: 1)]
            return delta
        }
        let far = said([("p", "a1,b2"), ("q", "a1")])
        let pieces = Merged.pieces(Merged.registry([("far", far), ("near", said([("q", ""), ("r", "")]))]))
        let dump = String(decoding: pieces.flatMap(\.self), as: UTF8.self)
        let ways = dump.matches(of: /"serviceName":"(.)","version":"0\+"(?:,"via":"(.*?)")?/)
        #expect(ways.map { "\($0.1) \($0.2 ?? "")" }.sorted() == ["p a1,b2", "q ", "r "])
    }
}
