import Registry
import ServiceCenterWire

/// The present state on its way to one watcher, a few microservices at a time: first what has changed or ended that it
/// may not know, then what is there.
struct WatchResync {
    /// What is handed over in one go.
    struct Piece {
        var bytes: [UInt8]
        /// How many instances of each source are in it.
        var told: [SourceID: Int] = [:]

        fileprivate mutating func append(_ frame: [UInt8], of source: SourceID) {
            bytes += frame
            told[source, default: 0] += 1
        }
    }

    /// How far the watcher was before.
    let origin: Revision
    /// How far it is behind this.
    let end: Revision
    private var changes: ArraySlice<VisibleChange> = []
    private let tables: RegistryTables
    /// When each source was last confirmed.
    private let confirmed: [SourceID: UnixTime]
    /// The microservices that may be present, one after the other.
    private var microservices = AnyIterator<MergedMicroservice> { nil }
    /// The microservice whose turn it is, and how many of its instances were told.
    private var current: (merged: MergedMicroservice, told: Int)?
    /// What is said before and after.
    private var opening: [UInt8] = []
    private var closing: [UInt8] = []

    /// How many microservices are looked at in one go.
    private static let maxMicroservices = 512

    private init(_ view: RegistryView, from origin: Revision) {
        self.origin = origin
        end = view.revision
        tables = view.tables
        confirmed = Dictionary(view.sources.compactMap { source in source.lastSuccess.map { (source.source, $0) } }) {
            $1
        }
    }

    /// Everything that an audience hears of. `note` is said before it, where the form has notes.
    init(_ audience: Audience, _ view: RegistryView, saying note: WatchMessage.Note? = nil) {
        self.init(view, from: view.revision)
        tellPresent(to: audience, saying: note)
    }

    /// The same for a watcher that had everything up to `origin`, with the ends of what it had; nil when nobody knows
    /// all of them.
    init?(_ audience: Audience, from origin: Revision, _ view: RegistryView, _ log: borrowing EventLog) {
        self.init(view, from: origin)
        if audience.key.form == .plain {
            guard let ended = log.ended(after: origin, of: audience.names) else { return nil }
            changes =
                WatchResync.last(of: ended, audience, tables).filter { change in
                    tables.microservice(change.microservice)?.instance(change.instance.id) == nil
                }[...]
        }
        tellPresent(to: audience, saying: .compacted)
    }

    /// What has changed since `origin`, each instance once and as it is now; nil when the log does not reach back.
    init?(changesFor audience: Audience, since origin: Revision, _ view: RegistryView, _ log: borrowing EventLog) {
        self.init(view, from: origin)
        guard
            let excerpt = log.excerpt(
                of: audience.names, after: EventCursor(origin), upTo: view.revision, limit: .max)
        else { return nil }
        changes = WatchResync.last(of: excerpt.changes.map { $0.batch.changes[$0.offset] }, audience, tables)[...]
    }

    /// The last change of each instance that an audience hears of, in their order.
    private static func last(
        of changes: [VisibleChange], _ audience: Audience, _ tables: RegistryTables
    ) -> [VisibleChange] {
        var seen: Set<InstancePlace> = []
        return changes.reversed().filter { change in
            audience.hears(of: change, in: tables) && seen.insert(change.place).inserted
        }.reversed()
    }

    private mutating func tellPresent(to audience: Audience, saying note: WatchMessage.Note?) {
        let (form, cursor) = (audience.key.form, EventCursor(end))
        opening = note.map { form.bytes(of: $0, at: cursor) } ?? []
        closing = form.bytes(of: .synced, at: cursor)
        if let names = audience.presentNames {
            let found = names.flatMap { [tables] name in
                tables.versions(of: name).compactMap {
                    tables.microservice(MicroserviceKey(name: name, version: $0))
                }
            }
            microservices = AnyIterator(found.makeIterator())
        } else {
            microservices = tables.makeMicroserviceIterator()
        }
    }

    /// The next bytes, about a segment of them; nil when all was told.
    mutating func next(for audience: Audience) -> Piece? {
        var piece = Piece(bytes: opening)
        opening = []
        while piece.bytes.count < WatchSegment.maxBytes, let change = changes.popFirst() {
            // Its client may know the instance: it is no CREATE.
            let action = change.action == .delete ? VisibleChange.Action.delete : .update
            piece.append(WatchFrame.text(WatchMessage.encode(change, as: action)), of: change.source)
        }
        var visited = 0
        while piece.bytes.count < WatchSegment.maxBytes, visited < WatchResync.maxMicroservices {
            if current == nil { current = microservices.next().map { ($0, 0) } }
            guard let (merged, told) = current else {
                piece.bytes += closing
                closing = []
                return piece.bytes.isEmpty ? nil : piece
            }
            visited += 1
            let end = append(merged, from: told, audience, to: &piece)
            current = end < merged.instances.count ? (merged, end) : nil
        }
        return piece
    }

    /// Adds instances from one place on, as many as there is room for; gives the place behind them.
    private func append(
        _ merged: MergedMicroservice, from start: Int, _ audience: Audience, to piece: inout Piece
    ) -> Int {
        guard audience.hears(of: merged.key, in: tables) else { return merged.instances.count }
        for (index, instance) in merged.instances.enumerated().dropFirst(start) {
            guard piece.bytes.count < WatchSegment.maxBytes else { return index }
            if case .scope(let scope) = audience.key.interest, !scope.covers(merged.key, from: instance.source) {
                continue
            }
            let change = VisibleChange(
                action: .update, microservice: merged.key, canonicalID: merged.canonicalID,
                instance: instance.visible, source: instance.source)
            piece.append(
                audience.key.form.bytes(ofPresent: change, at: end, confirmed: confirmed[instance.source]),
                of: instance.source)
        }
        return merged.instances.count
    }
}
