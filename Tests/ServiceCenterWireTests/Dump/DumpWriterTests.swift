import Registry
import ServiceCenterWire
import TestSupport
import Testing

@Suite("Our own dump")
struct DumpWriterTests {
    @Test(
        "of one source says what the source said, under our name for it",
        .enabled(if: Recordings.areThere, "reads ../shared"), arguments: ["dump-sc-1.json", "large-dump-sc-2.json.gz"])
    func roundTrip(name: String) throws {
        let text = try name.hasSuffix(".gz") ? Dumps.unpacked(name) : Recordings.data(name)
        let delta = Dumps.delta(try Dumps.decoded([text]))
        let ours = Merged.entries(Merged.pieces(Merged.registry([("north", delta)])).flatMap(\.self))
        let theirs = Merged.entries(text)
        #expect(Set(ours.keys) == Set(theirs.keys))
        for (table, entries) in theirs {
            #expect(Set(ours[table, default: [:]].keys) == Set(entries.keys))
            for (key, entry) in entries {
                let copy = ours[table]?[key]
                #expect(copy?["value"] == entry["value"])
                #expect(copy?["cluster"] == .string("north"))
                // A provider's side of a dependency is written anew, with its first consumer's revision.
                #expect(copy?["rev"] == entry["rev"] || key.contains("/dep-rules/default/default/p/"))
            }
        }
    }

    @Test("scans and decodes back to the same registry", .enabled(if: Recordings.areThere, "reads ../shared"))
    func registryRoundTrip() throws {
        let original = try Merged.recorded([("north", "dump-sc-1.json"), ("south", "dump-sc-2.json")])
        let dump = Merged.pieces(original)
        let copy = Merged.registry([("hub", Dumps.delta(try Dumps.decoded(dump)))])
        #expect(copy.tables.microserviceCount == original.tables.microserviceCount)
        #expect(copy.tables.instanceCount == original.tables.instanceCount)
        original.tables.forEachMicroservice { merged in
            let other = copy.tables.microservice(merged.key)
            #expect(other?.canonicalID == merged.canonicalID)
            #expect(other?.canonical.body == merged.canonical.body)
            #expect(other?.instances.map(\.visible.body) == merged.instances.map(\.visible.body))
            #expect(other?.instances.map(\.visible.origin) == merged.instances.map(\.source.name))
            #expect(other?.tags == merged.tags)
            #expect(other?.rules == merged.rules)
            #expect(Set(other?.attachments.keys.map(\.self) ?? []) == Set(merged.attachments.keys))
            let providers = Set(original.tables.providers(of: merged.key))
            #expect(Set(copy.tables.providers(of: merged.key)) == providers)
        }
    }

    @Test("of two sources is their union", .enabled(if: Recordings.areThere, "reads ../shared"))
    func union() throws {
        let sources = [(name: "north", dump: "dump-sc-1.json"), (name: "south", dump: "dump-sc-2.json")]
        let ours = Merged.entries(Merged.pieces(try Merged.recorded(sources)).flatMap(\.self))
        let (north, south) = (
            Merged.entries(try Recordings.data(sources[0].dump)),
            Merged.entries(try Recordings.data(sources[1].dump))
        )
        for table in DumpTable.allCases.map(\.rawValue) {
            let keys = Set(north[table, default: [:]].keys).union(south[table, default: [:]].keys)
            #expect(Set(ours[table, default: [:]].keys) == keys)
            guard table != DumpTable.dependencyRules.rawValue else { continue }
            for (key, entry) in ours[table, default: [:]] {
                let isNorthern = north[table]?[key] != nil
                let original = isNorthern ? north[table]?[key] : south[table]?[key]
                #expect(entry["value"] == original?["value"])
                #expect(entry["rev"] == original?["rev"])
                #expect(entry["cluster"] == .string(isNorthern ? "north" : "south"))
            }
        }
        // The Go aggregator finds the same keys.
        let theirs = Merged.entries(try Recordings.data("dump-aggregator.json"))
        #expect(ours.mapValues { Set($0.keys) } == theirs.mapValues { Set($0.keys) })
    }

    @Test(
        "shows instances under the canonical ID, whatever characters it has",
        arguments: [("short", "a-much-longer-id"), ("a-much-longer-id", "short"), (#"q"\q"#, "s"), ("s", #"q"\q"#)])
    func canonicalID(strong: String, weak: String) throws {
        let sources = [(name: "strong", id: strong), (name: "weak", id: weak)].map { source in
            (source.name, RegistryDelta(microservice: source.id, instances: ["\(source.name)-1"]))
        }
        let dump = Merged.pieces(Merged.registry(sources)).flatMap(\.self)
        let delta = Dumps.delta(try Dumps.decoded([dump]))
        #expect(delta.microservices.map(\.id.text) == [strong])
        #expect(delta.instances.map(\.id.text).sorted() == ["strong-1", "weak-1"])
        #expect(Set(delta.instances.map(\.ref.service.id.text)) == [strong])
        let values = Merged.entries(dump)["instances"]?.values.map { $0["value"]?["serviceId"] }
        #expect(values == [.string(strong), .string(strong)])
        #expect(values != nil)
    }
}
