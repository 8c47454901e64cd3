/// The way of what a Mainstem says: that process, and those through which it came there. Every process of Mainstem is
/// known by the epoch of its revisions. Costs nothing for an upstream that is none.
package struct UpstreamPath: Sendable {
    /// The upstream's process; empty when it is no Mainstem.
    package let process: String

    package init(process: String) { self.process = process }

    /// The path of an entry that the upstream has by these processes, joined by commas.
    package func path(via: String) -> String {
        via.isEmpty || process.isEmpty ? process : process + "," + via
    }

    /// Whether that is the path.
    package func leads(via: UnsafeBufferPointer<UInt8>, to path: String) -> Bool {
        if via.isEmpty || process.isEmpty { return path == process }
        let rest = path.utf8.dropFirst(process.utf8.count + 1)
        return path.utf8.starts(with: process.utf8) && rest.elementsEqual(via)
    }

    /// The process that a revision is of: `epoch.sequence`.
    package static func process(ofRevision text: String) -> String {
        text.firstIndex(of: ".").map { String(text[..<$0]) } ?? ""
    }

    /// Whether a path comes through a process.
    package static func comes(_ path: String, through process: String) -> Bool {
        path.contains(process) && path.split(separator: ",").contains { $0 == process }
    }

    /// The field of an answer's head that tells the process.
    package static let header = "X-Mainstem-Process"
    /// The field that tells, for an answer that is one entry, what `via` of the entry is in a dump.
    package static let viaHeader = "X-Mainstem-Via"
    /// The field that tells, for an answer that is one entry, what `cluster` of the entry is in a dump.
    package static let sourceHeader = "X-Mainstem-Source"
}
