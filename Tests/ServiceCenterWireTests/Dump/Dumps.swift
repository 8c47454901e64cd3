import Foundation
import Registry
import ServiceCenterWire
import TestSupport

/// Dumps that tests read: recorded ones, and small ones made of their entries.
enum Dumps {
    static let recorded = ["dump-sc-1.json", "dump-sc-2.json", "dump-aggregator.json"]
    static let large = ["large-dump-sc-1.json.gz", "large-dump-sc-2.json.gz"]

    /// A recorded large dump, unpacked by the system's gzip.
    static func unpacked(_ name: String) throws -> [UInt8] {
        try Program.output(of: "gunzip", ["-c", Recordings.folder.appending(path: name).path()]).bytes
    }

    /// A dump of these tables, in this order.
    static func text(_ tables: [(name: String, entries: [String])]) -> String {
        let members = tables.map { "\"\($0.name)\":[\($0.entries.joined(separator: ","))]" }
        return "{\"cache\":{\(members.joined(separator: ","))}}"
    }

    /// The recorded entries of `sc-1`, at most so many of each table, as a dump of their own.
    static func miniature(of each: Int = 1, order: [String] = ["key", "rev", "cluster", "value"]) throws -> String {
        let entries = try scan([Recordings.data("dump-sc-1.json")])
        let tables = DumpTable.allCases.filter { !$0.isDerived }.map { table in
            (table.rawValue, entries.filter { $0.table == table }.prefix(each).map { $0.text(order) })
        }
        return text(tables)
    }

    /// Every entry of a dump, decoded.
    static func decoded(_ pieces: [[UInt8]]) throws(JSONError) -> [DumpEntry] {
        var scanner = DumpScanner()
        var decoder = DumpDecoder()
        var entries: [DumpEntry] = []
        for piece in pieces {
            try scanner.feed(piece) { entry throws(JSONError) in entries.append(try decoder.decode(entry)) }
        }
        try scanner.finish()
        return entries
    }

    static func decoded(_ text: String) throws(JSONError) -> [DumpEntry] { try decoded([Array(text.utf8)]) }

    /// What a source says whose dump has these entries.
    static func delta(_ entries: [DumpEntry]) -> RegistryDelta {
        var delta = RegistryDelta()
        for entry in entries {
            switch entry {
            case .microservice(let microservice): delta.microservices.append(microservice)
            case .instance(let instance): delta.instances.append(instance)
            case .attachment(let attachment): delta.attachments.append(attachment)
            case .dependency(let rule): delta.dependencies.append(rule)
            case .repetition: break
            }
        }
        return delta
    }
}
