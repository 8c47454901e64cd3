import ServiceCenterWire

/// An entry as the scanner gave it, kept beyond the call.
struct ScannedEntry: Hashable {
    let table: DumpTable
    let key: String
    let revision: Int64
    let cluster: String
    let value: [UInt8]
    let offset: Int

    init(_ entry: DumpScanner.Entry) {
        table = entry.table
        key = String(decoding: entry.key, as: UTF8.self)
        revision = entry.revision
        cluster = String(decoding: entry.cluster, as: UTF8.self)
        value = Array(entry.value)
        offset = entry.offset
    }

    /// The entry's text in a dump, its members in this order.
    func text(_ order: [String] = ["key", "rev", "cluster", "value"]) -> String {
        let members = order.map { name in
            switch name {
            case "key": #""key":"\#(key)""#
            case "rev": #""rev":\#(revision)"#
            case "cluster": #""cluster":"\#(cluster)""#
            default: #""value":\#(String(decoding: value, as: UTF8.self))"#
            }
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}

/// Feeds a scanner piece by piece and finishes it.
func scan(_ pieces: [[UInt8]], maxEntryBytes: Int = 8 << 20) throws(JSONError) -> [ScannedEntry] {
    var scanner = DumpScanner(maxEntryBytes: maxEntryBytes)
    var entries: [ScannedEntry] = []
    for piece in pieces {
        try scanner.feed(piece) { entry throws(JSONError) in entries.append(ScannedEntry(entry)) }
    }
    try scanner.finish()
    return entries
}

func scan(_ text: String) throws(JSONError) -> [ScannedEntry] { try scan([Array(text.utf8)]) }

/// A text cut at these places.
func cut(_ text: [UInt8], at places: [Int]) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    for place in places.sorted() + [text.count] {
        pieces.append(Array(text[start..<place]))
        start = place
    }
    return pieces
}
