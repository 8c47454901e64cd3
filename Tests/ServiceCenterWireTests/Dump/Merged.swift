import Registry
import ServiceCenterWire
import TestSupport

/// Registries merged out of dumps, and what our own dump says of them.
enum Merged {
    /// A registry of these sources, the strongest first, each with what it says.
    static func registry(_ sources: [(name: String, delta: RegistryDelta)]) -> MergedRegistry {
        var registry = MergedRegistry(precedence: Precedence(sources.map { SourceID($0.name) }))
        for source in sources { _ = registry.apply(source.delta, from: SourceID(source.name)) }
        return registry
    }

    /// A registry of one source that says what a text is the dump of.
    static func registry(_ name: String, _ text: String) throws -> MergedRegistry {
        registry([(name, Dumps.delta(try Dumps.decoded(text)))])
    }

    static func recorded(_ sources: [(name: String, dump: String)]) throws -> MergedRegistry {
        registry(
            try sources.map { ($0.name, Dumps.delta(try Dumps.decoded([Recordings.data($0.dump)]))) })
    }

    /// Our dump of a registry, in the pieces in which it is sent.
    static func pieces(_ registry: MergedRegistry) -> [[UInt8]] {
        var writer = DumpWriter(registry.tables)
        var pieces: [[UInt8]] = []
        while let piece = writer.next() { pieces.append(piece) }
        return pieces
    }

    /// The entries of a dump by table and key, as Foundation reads them.
    static func entries(_ dump: [UInt8]) -> [String: [String: JSONValue]] {
        guard case .object(let tables)? = JSONValue(foundation: dump)?["cache"] else { return [:] }
        return tables.mapValues { table in
            Dictionary(table.elements.map { ($0["key"]?.text ?? "", $0.asSets) }) { _, last in last }
        }
    }
}
