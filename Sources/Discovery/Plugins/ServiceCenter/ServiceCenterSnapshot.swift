import Glibc
import Registry
import ServiceCenterWire

/// What one upstream said last, entry by entry, and how the next dump differs from it. Pure.
///
/// An entry is known by the hash of its key; its value is compared byte for byte with the one that is served anyway,
/// so that remembering costs no second copy, and no change can hide behind a hash.
///
/// What is told beside the dumps counts from then on. A dump that was on its way meanwhile may be older than that: it
/// does not undo what was told since it began.
struct ServiceCenterSnapshot {
    /// One entry, and the numbers of the last read that saw it, of the last one that saw another value of it, and of
    /// the last one that had begun when it was told beside the dumps.
    private struct Known {
        var entry: DumpEntry
        var seen: UInt32
        var differed: UInt32 = 0
        var told: UInt32 = 0
        var path = ""
        /// The highest revision that a dump has given it: what is told beside the dumps has revisions of our own.
        var revision: Int64

        /// Whether a dump's entry under the same key is an older one of the same store: there revisions only grow, and
        /// what was told since is of a higher one.
        func isNewer(than dumped: DumpScanner.Entry, isSame: Bool) -> Bool {
            let isLower = dumped.revision < revision || (dumped.revision == revision && told != 0 && !isSame)
            return isLower && entry.origin.utf8.elementsEqual(dumped.cluster)
        }

        /// Whether it came by the way, and is from where a dump says.
        func leads(as dumped: DumpScanner.Entry, of upstream: UpstreamPath) -> Bool {
            upstream.leads(via: dumped.via, to: path) && entry.isFrom(dumped.cluster)
        }
    }

    /// Our own process: what came through it is known at first hand, and not taken in.
    private let ownProcess: String

    private var known: [UInt64: Known] = [:]
    private var round: UInt32 = 0
    /// What was withdrawn beside the dumps since the last read began.
    private var withdrawn: Set<UInt64> = []
    /// The last read that had begun when anything was told or withdrawn beside the dumps.
    private var disturbed: UInt32 = 0
    /// The highest revision that was seen or given.
    private var revision: Int64 = 0
    /// The highest revisions that dumps had.
    private var levels = RevisionLevels()
    /// When the first of the last reads came whose revisions had gone back; nil when the last one's had not.
    private var rewoundSince: Duration?

    /// How long revisions that went back may be those of an older copy. Once all reads have shown them for longer than
    /// instances live without a heartbeat (30 s and three more), the store was rebuilt, and they are the right ones.
    static let patience = Duration.seconds(120)

    /// `ownProcess` is the epoch of our own revisions.
    init(ownProcess: String = "") { self.ownProcess = ownProcess }

    /// One dump on its way in. Holds what is new or different until the dump is whole.
    struct Update {
        fileprivate let round: UInt32
        fileprivate let begun: Duration
        /// Whether lower revisions are taken in, together with their entries, instead of being told as gone back.
        let believesLower: Bool
        private var scanner = DumpScanner()
        private var decoder = DumpDecoder()
        fileprivate typealias Change = (key: UInt64, entry: DumpEntry, path: String)
        fileprivate var changed: [Change] = []
        /// Which process the dump is of.
        var upstream = UpstreamPath(process: "")
        /// Known entries that this dump has too, each counted once.
        fileprivate var seen = 0
        /// Entries in the dump, and how many of them were decoded.
        private(set) var entries = 0
        var decoded: Int { changed.count }
        /// Whether an entry of the same origin had a lower revision than before.
        fileprivate(set) var isRewound = false
        /// Whether it has a known entry twice.
        fileprivate var hasDuplicates = false
        fileprivate var levels = RevisionLevels()
        /// `cluster` of the first entry.
        private(set) var upstreamName: String?

        fileprivate init(round: UInt32, begun: Duration, believesLower: Bool) {
            (self.round, self.begun, self.believesLower) = (round, begun, believesLower)
        }

        /// Takes the next bytes of the dump; an unchanged entry costs a hash of its key and a comparison.
        mutating func feed(_ chunk: [UInt8], against snapshot: inout ServiceCenterSnapshot) throws(JSONError) {
            var scanner = scanner
            // Taken out, so that the scanner's buffer has one owner.
            self.scanner = DumpScanner()
            defer { self.scanner = scanner }
            try scanner.feed(chunk) { entry throws(JSONError) in
                try take(entry, against: &snapshot)
            }
        }

        func finish() throws(JSONError) { try scanner.finish() }

        private mutating func take(
            _ entry: DumpScanner.Entry, against snapshot: inout ServiceCenterSnapshot
        ) throws(JSONError) {
            entries += 1
            snapshot.revision = max(snapshot.revision, entry.revision)
            if upstreamName == nil, !entry.cluster.isEmpty {
                upstreamName = String(decoding: entry.cluster, as: UTF8.self)
            }
            let key = Digest(of: UnsafeRawBufferPointer(entry.key)).low
            if snapshot.confirm(key, entry, &self) { return }
            decoder.path = upstream.path(via: String(decoding: entry.via, as: UTF8.self))
            changed.append((key, snapshot.firstHand(try decoder.decode(entry), decoder.path), decoder.path))
        }
    }

    /// `now` is since a fixed point.
    mutating func beginUpdate(at now: Duration) -> Update {
        round &+= 1
        withdrawn = []
        let isPatient = rewoundSince.map { now - $0 < ServiceCenterSnapshot.patience } ?? true
        return Update(round: round, begun: now, believesLower: !isPatient)
    }

    /// Whether the entry is known with these very bytes; it is marked as seen, and counted, either way. Of two entries
    /// with one key the last one counts: none passes as unchanged after one that differs.
    fileprivate mutating func confirm(
        _ key: UInt64, _ entry: DumpScanner.Entry, _ update: inout Update
    ) -> Bool {
        let (index, round) = (known.index(forKey: key), update.round)
        if update.upstream.process.isEmpty, entry.via.isEmpty {
            update.levels.note(entry, isNew: index.map { known.values[$0].revision == 0 } ?? true)
        }
        guard let index else { return false }
        if known.values[index].seen != round {
            known.values[index].seen = round
            update.seen += 1
        } else {
            update.hasDuplicates = true
        }
        let isSame = known.values[index].entry.body.withUnsafeBufferPointer { body in
            body.count == entry.value.count && memcmp(body.baseAddress!, entry.value.baseAddress!, body.count) == 0
        }
        // Told since this dump was asked for: the dump may be older, and says nothing of its revision.
        if known.values[index].told == round {
            if !isSame { known.values[index].differed = round }
            return known.values[index].differed != round
        }
        let isLower = known.values[index].isNewer(than: entry, isSame: isSame)
        if isLower, !update.believesLower { update.isRewound = true }
        known.values[index].revision = max(known.values[index].revision, entry.revision)
        let isSameWay = known.values[index].leads(as: entry, of: update.upstream)
        if !isSame || !isSameWay || (isLower && update.believesLower) { known.values[index].differed = round }
        return isSame && isSameWay && known.values[index].differed != round
    }

    /// What is not to be taken in, because it came from ourselves, is only remembered.
    private func firstHand(_ entry: DumpEntry, _ path: String) -> DumpEntry {
        guard !path.isEmpty, !ownProcess.isEmpty else { return entry }
        if UpstreamPath.comes(path, through: ownProcess) { return .repetition(entry.body) }
        guard case .dependency(let rule) = entry else { return entry }
        let providers = rule.providers.filter { !UpstreamPath.comes($0.path, through: ownProcess) }
        if providers.count == rule.providers.count { return entry }
        guard !providers.isEmpty else { return .repetition(entry.body) }
        return .dependency(
            DependencyRule(
                consumer: rule.consumer, providers: providers, body: rule.body,
                upstreamRevision: rule.upstreamRevision))
    }

    /// Makes a whole dump the last one, and tells how it differs from the one before.
    /// `microservices` is what its IDs meant before, where frames have told more of them than dumps.
    mutating func commit(
        _ update: Update, after microservices: KnownMicroservices = KnownMicroservices()
    ) -> RegistryDelta {
        var delta = RegistryDelta()
        let isRewound = takeLevels(of: update) || update.isRewound
        delta.evidence = .read(isRewound: isRewound)
        rewoundSince = isRewound ? rewoundSince ?? update.begun : nil
        let renamed = renamed(by: update, after: microservices)
        var seen = update.seen
        let changed = update.hasDuplicates ? lastOfEach(update.changed) : update.changed
        for (key, entry, path) in changed where renamed.contains(entry.service) || !isNewer(key, than: update) {
            if let old = known.updateValue(
                Known(entry: entry, seen: update.round, path: path, revision: entry.revision), forKey: key)
            {
                delta.withdraw(old.entry, replacedBy: entry)
            } else {
                seen += 1
            }
            delta.say(entry)
        }
        // When as many were seen as there are, none is missing.
        guard known.count != seen || disturbed == update.round else { return delta }
        for (key, entry) in known where entry.seen != update.round {
            guard entry.told != update.round || renamed.contains(entry.entry.service) else { continue }
            delta.withdraw(entry.entry)
            known[key] = nil
        }
        return delta
    }

    /// Of entries with one key the last one, unless that is what is known anyway.
    private func lastOfEach(_ changed: [Update.Change]) -> [Update.Change] {
        let last = Dictionary(changed.enumerated().map { ($1.key, $0) }) { $1 }
        return changed.enumerated().filter { index, change in
            let old = known[change.key]
            guard last[change.key] == index, let old else { return last[change.key] == index }
            return old.entry.body != change.entry.body || old.path != change.path
                || old.entry.origin != change.entry.origin
        }.map(\.element)
    }

    /// Whether the highest revision of a table has gone back.
    private mutating func takeLevels(of update: Update) -> Bool {
        guard update.believesLower else { return levels.take(update.levels) }
        levels = update.levels
        return false
    }

    /// The IDs that have another microservice in a dump than they had. An ID gets another one by a dump alone: what was
    /// told under such an ID was told before, of the former one.
    private func renamed(by update: Update, after microservices: KnownMicroservices) -> Set<ServiceRef?> {
        var renamed: Set<ServiceRef?> = []
        for (key, entry, _) in update.changed {
            guard case .microservice(let new) = entry else { continue }
            var isOther = microservices.contradicts(new.ref, new.key)
            if case .microservice(let old)? = known[key]?.entry { isOther = isOther || old.key != new.key }
            guard isOther else { continue }
            renamed.insert(new.ref)
        }
        return renamed
    }
}

extension ServiceCenterSnapshot {
    /// Takes in one entry that was told beside the dumps; nothing when it is known with these very bytes.
    mutating func tell(_ entry: DumpEntry, key text: String, path: String = "") -> RegistryDelta {
        let entry = firstHand(entry, path)
        let key = Digest(of: text).low
        disturbed = round
        withdrawn.remove(key)
        var delta = RegistryDelta()
        let old = known[key]
        known[key] = Known(
            entry: entry, seen: old?.seen ?? round &- 1, told: round, path: path, revision: old?.revision ?? 0)
        guard old?.entry.body != entry.body || old?.path != path || old?.entry.origin != entry.origin else {
            return delta
        }
        if let old { delta.withdraw(old.entry, replacedBy: entry) }
        delta.say(entry)
        return delta
    }

    /// Whether what is known of an entry is the upstream's own word, and by this path it would come from ourselves. An
    /// upstream that has begun anew says that of everything that it has from us, and has forgotten.
    func losesFirstHand(key text: String, path: String) -> Bool {
        guard !ownProcess.isEmpty, UpstreamPath.comes(path, through: ownProcess) else { return false }
        switch known[Digest(of: text).low]?.entry {
        case nil, .repetition: return false
        default: return true
        }
    }

    /// Where an entry is from, as its store said last; nil when it is not known.
    func origin(key text: String) -> String? {
        known[Digest(of: text).low].flatMap { $0.entry.origin.isEmpty ? nil : $0.entry.origin }
    }

    /// What is known of an entry; nil when it is not known.
    func value(key text: String) -> [UInt8]? { known[Digest(of: text).low]?.entry.body }

    /// A revision for an entry that is told without one: higher than all before, as who reads our dump expects.
    mutating func nextRevision() -> Int64 {
        // An upstream that has the highest of all numbers gets it again, rather than the end of the process.
        if revision < .max { revision += 1 }
        return revision
    }

    /// Takes in that an entry is gone; nothing when it was not known.
    mutating func withdraw(key text: String) -> RegistryDelta {
        let key = Digest(of: text).low
        disturbed = round
        withdrawn.insert(key)
        var delta = RegistryDelta()
        if let old = known.removeValue(forKey: key) { delta.withdraw(old.entry) }
        return delta
    }

    /// Whether what is known of an entry, or that it is gone, was told after this dump had been asked for.
    private func isNewer(_ key: UInt64, than update: Update) -> Bool {
        known[key]?.told == update.round || (withdrawn.contains(key) && disturbed == update.round)
    }
}
