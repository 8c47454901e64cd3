/// The difference between two topologies. Pure.
package struct TopologyChange: Sendable, Equatable {
    /// The same source under another name.
    package struct Renaming: Sendable, Equatable {
        package let from: SourceName
        package let to: SourceName
    }

    /// A source of which something else is declared.
    package struct SourceChange: Sendable, Equatable {
        /// Its name in the new topology.
        package let name: SourceName
        /// The keys whose values differ: those of `sources`, and `settings.…`.
        package let keys: [String]
    }

    /// In the order of the new topology.
    package private(set) var added: [SourceName] = []
    /// In the order of the old topology.
    package private(set) var removed: [SourceName] = []
    /// A source of the same plugin with the same settings under another name: one that was free, or that of a source
    /// which has other endpoints now. One without settings has nothing that it could be recognised by.
    package private(set) var renamed: [Renaming] = []
    /// Those that are in both, renamed or not.
    package private(set) var changed: [SourceChange] = []
    /// Whether the sources that are in both stand in another order.
    package private(set) var isReordered = false
    /// The keys outside of `sources` whose values differ: `home`, `state`, `merge.…`, `server.…`.
    package private(set) var keys: [String] = []

    /// Those of `keys` that a running process does not take over: they take effect at its next start.
    package private(set) var keysOfNextStart: [String] = []

    package var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && renamed.isEmpty && changed.isEmpty && !isReordered && keys.isEmpty
    }

    package init(from old: Topology, to new: Topology) {
        let former = TopologyChange.former(of: new.sources, among: old.sources)
        for source in new.sources {
            guard let before = former[source.name] else {
                added.append(source.name)
                continue
            }
            if before.name != source.name { renamed.append(Renaming(from: before.name, to: source.name)) }
            let keys = before.keys(differingFrom: source)
            if !keys.isEmpty { changed.append(SourceChange(name: source.name, keys: keys)) }
        }
        let names = Dictionary(uniqueKeysWithValues: former.map { ($0.value.name, $0.key) })
        removed = old.sources.map(\.name).filter { names[$0] == nil }
        isReordered = old.sources.compactMap { names[$0.name] } != new.sources.map(\.name).filter { former[$0] != nil }
        let home = old.home.map { home in names.first { $0.key.rawValue == home }?.value.rawValue }
        keys =
            [
                ("home", home != new.home.map(Optional.some)), ("state", old.state != new.state),
                ("merge.policy", old.merge.policy != new.merge.policy),
                ("merge.sources", Set(old.merge.sources.map { $0.renamed(names) }) != Set(new.merge.sources)),
                ("merge.applications", old.merge.applications != new.merge.applications),
            ].filter(\.1).map(\.0) + old.server.keys(differingFrom: new.server).map { "server.\($0)" }
        let closed = new.server.closedAddresses(beside: old.server).map { "server.\($0)" }
        keysOfNextStart = keys.filter { $0 == "state" || closed.contains($0) }
    }

    /// Which source each of the new ones was before, by its new name. A source goes by its name, unless it has other
    /// endpoints under it: then a new one with the settings of an old one is that one, whatever the names.
    private static func former(
        of new: [SourceDeclaration], among old: [SourceDeclaration]
    ) -> [SourceName: SourceDeclaration] {
        let known = Dictionary(uniqueKeysWithValues: old.map { ($0.name, $0) })
        var former: [SourceName: SourceDeclaration] = [:]
        for source in new {
            if let same = known[source.name], !source.hasOtherEndpoints(than: same) { former[source.name] = same }
        }
        var left = old.filter { former[$0.name] == nil }
        for source in new where former[source.name] == nil {
            guard let index = left.firstIndex(where: { $0.isRecognisable(as: source) }) else { continue }
            former[source.name] = left.remove(at: index)
        }
        for source in new where former[source.name] == nil {
            former[source.name] = left.first { $0.name == source.name }
        }
        return former
    }
}

extension Topology {
    /// This topology as a running process takes it over: what only a start changes stays as it runs.
    package func takenOver(by running: Topology) -> Topology {
        var taken = self
        taken.state = running.state
        let closed = server.closedAddresses(beside: running.server)
        if closed.contains("listen") { taken.server.listen = running.server.listen }
        if closed.contains("admin") { taken.server.admin = running.server.admin }
        return taken
    }
}

extension ServerDeclaration {
    /// The keys of addresses that cannot be opened while those of a running process are: they have a port of theirs.
    fileprivate func closedAddresses(beside running: ServerDeclaration) -> [String] {
        let open = [running.listen.port, running.admin?.port ?? 0].filter { $0 != 0 }
        let wanted = [("listen", listen, running.listen), ("admin", admin, running.admin)]
        return wanted.filter { $1 != $2 && open.contains($1?.port ?? 0) }.map(\.0)
    }

    fileprivate func keys(differingFrom other: ServerDeclaration) -> [String] {
        let own = [
            ("listen", listen != other.listen), ("admin", admin != other.admin), ("start", start != other.start),
            ("coalesce", coalesce != other.coalesce), ("coalesceFirst", coalesceFirst != other.coalesceFirst),
        ]
        return own.filter(\.1).map(\.0) + limits.keys(differingFrom: other.limits).map { "limits.\($0)" }
    }
}

extension ServerLimits {
    fileprivate func keys(differingFrom other: ServerLimits) -> [String] {
        [
            ("connections", connections != other.connections), ("watchers", watchers != other.watchers),
            ("bodyBytes", bodyBytes != other.bodyBytes), ("headerBytes", headerBytes != other.headerBytes),
            ("eventLogChanges", eventLogChanges != other.eventLogChanges),
            ("journalEntries", journalEntries != other.journalEntries),
            ("waitingRequests", waitingRequests != other.waitingRequests),
            ("waitingBytes", waitingBytes != other.waitingBytes),
            ("keptAnswerBytes", keptAnswerBytes != other.keptAnswerBytes),
            ("watchStall", watchStall != other.watchStall), ("watchReturn", watchReturn != other.watchReturn),
        ].filter(\.1).map(\.0)
    }
}

extension MergeList {
    fileprivate func renamed(_ changes: [SourceName: SourceName]) -> MergeList {
        var list = self
        list.names = Set(names.map { changes[$0] ?? $0 })
        return list
    }
}

extension SourceDeclaration {
    fileprivate func isRecognisable(as other: SourceDeclaration) -> Bool {
        !settings.entries.isEmpty && plugin == other.plugin && settings.keys(differingFrom: other.settings).isEmpty
    }

    /// Whether both say where they are read, and not the same.
    fileprivate func hasOtherEndpoints(than other: SourceDeclaration) -> Bool {
        guard let mine = settings.entry("endpoints"), let theirs = other.settings.entry("endpoints") else {
            return false
        }
        return !mine.value.says(theirs.value)
    }

    /// The keys whose values differ, but for the name; what is not declared is its default.
    fileprivate func keys(differingFrom other: SourceDeclaration) -> [String] {
        let own = [
            ("plugin", plugin != other.plugin), ("datacenter", datacenter != other.datacenter),
            ("stale", (stale ?? StaleDeclaration()) != (other.stale ?? StaleDeclaration())),
            ("quarantine", (quarantine ?? QuarantineDeclaration()) != (other.quarantine ?? QuarantineDeclaration())),
            ("damping", (damping ?? DampingDeclaration()) != (other.damping ?? DampingDeclaration())),
            ("include", lens.include != other.lens.include), ("exclude", lens.exclude != other.lens.exclude),
            ("rename", lens.rename != other.lens.rename), ("rewrite", lens.rewrite != other.lens.rewrite),
        ]
        return own.filter(\.1).map(\.0)
            + settings.keys(differingFrom: other.settings).map { "settings.\(QuotedText.plain($0))" }
    }
}

extension StrictMapping {
    /// The keys that are in one only, or have another value, in the order of their names.
    fileprivate func keys(differingFrom other: StrictMapping) -> [String] {
        let keys = Set(entries.map(\.key) + other.entries.map(\.key))
        return keys.filter { key in
            switch (entry(key)?.value, other.entry(key)?.value) {
            case (let mine?, let theirs?): !mine.says(theirs)
            default: true
            }
        }.sorted()
    }
}

extension StrictNode {
    /// Whether the same is meant, wherever it stands and in whatever order a mapping has its keys. Nobody knows here
    /// what a plugin takes a text for: one that is a duration or a size to read is compared as that.
    fileprivate func says(_ other: StrictNode) -> Bool {
        switch (content, other.content) {
        case (.empty, .empty): return true
        case (.plain(let mine), .plain(let theirs)), (.quoted(let mine), .quoted(let theirs)),
            (.plain(let mine), .quoted(let theirs)), (.quoted(let mine), .plain(let theirs)):
            return mine == theirs || mine.isQuantity(theirs)
        case (.list(let mine), .list(let theirs)):
            return mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.says($1) }
        case (.mapping(let mine), .mapping(let theirs)):
            return mine.count == theirs.count
                && mine.allSatisfy { entry in theirs.contains { $0.key == entry.key && entry.value.says($0.value) } }
        default: return false
        }
    }
}

extension String {
    /// Whether both are the same duration, or the same size, one of them at least with a unit.
    fileprivate func isQuantity(_ other: String) -> Bool {
        if let mine = DurationText.parse(self), let theirs = DurationText.parse(other) { return mine == theirs }
        guard Int(self) == nil || Int(other) == nil, let mine = ByteSize.parse(self) else { return false }
        return mine == ByteSize.parse(other)
    }
}
