import ServiceCenterWire

/// The highest revisions of one dump, or of all dumps so far. Pure; costs a few comparisons an entry.
///
/// Where something new stands in a table whose highest revision is lower than before, the store was rebuilt or an older
/// copy answered, though no entry of it may be known. Rule: etcd's revisions only grow, and a service-center gives a
/// table as it was at one moment (`KvCache.ForEach` locks it).
struct RevisionLevels {
    private struct Level {
        let table: DumpTable
        /// `cluster` of the entries: each store counts for itself.
        let origin: [UInt8]
        var highest: Int64
        var hasNew: Bool

        func isOf(_ entry: DumpScanner.Entry) -> Bool {
            table == entry.table && origin.elementsEqual(entry.cluster)
        }
    }

    private var levels: [Level] = []
    /// Where the last entry belonged, as the next one mostly does.
    private var latest = 0

    /// Takes in an entry of a dump. `isNew` says that no dump has had it before. What a Mainstem passes on does not
    /// count, since it gives revisions of its own to what it was told.
    mutating func note(_ entry: DumpScanner.Entry, isNew: Bool) {
        guard entry.table == .services || entry.table == .instances else { return }
        if !(latest < levels.count && levels[latest].isOf(entry)) {
            guard let index = levels.firstIndex(where: { $0.isOf(entry) }) else {
                latest = levels.count
                return levels.append(
                    Level(
                        table: entry.table, origin: Array(entry.cluster), highest: entry.revision, hasNew: isNew))
            }
            latest = index
        }
        levels[latest].highest = max(levels[latest].highest, entry.revision)
        if isNew { levels[latest].hasNew = true }
    }

    /// Takes in those of a whole dump; true when one of them has gone back although it has something new. It counts
    /// from there on: what is wrong with it is told once.
    mutating func take(_ dump: RevisionLevels) -> Bool {
        var isRewound = false
        for level in dump.levels {
            guard let index = levels.firstIndex(where: { $0.table == level.table && $0.origin == level.origin }) else {
                levels.append(level)
                continue
            }
            let hasGoneBack = level.hasNew && level.highest < levels[index].highest
            levels[index].highest = hasGoneBack ? level.highest : max(level.highest, levels[index].highest)
            isRewound = isRewound || hasGoneBack
        }
        return isRewound
    }
}
