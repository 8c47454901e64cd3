/// Slices a dump into its entries as the bytes come in: no entry is decoded, nothing but an unfinished entry is kept.
///
/// Checks the structure around the entries and where each entry ends; what stands inside a value is validated by who
/// decodes it, once, when it changed. Costs about a nanosecond a byte.
package struct DumpScanner {
    /// One `{key, rev, cluster, value}`, valid during the call that it is given to.
    package struct Entry {
        package let table: DumpTable
        /// The text of the key between its quotes, its escapes not resolved; hardly any key has one.
        package let key: UnsafeBufferPointer<UInt8>
        package let revision: Int64
        package let cluster: UnsafeBufferPointer<UInt8>
        /// The processes of Mainstem through which the upstream has it, joined by commas; empty for nearly all.
        package let via: UnsafeBufferPointer<UInt8>
        /// The JSON value, as it stands.
        package let value: UnsafeBufferPointer<UInt8>
        /// Where the entry begins in the dump.
        package let offset: Int
        /// Where its value begins in the dump.
        package let valueOffset: Int
    }

    private enum State {
        case start, rootMember(first: Bool), tableMember(first: Bool), entry(DumpTable?, first: Bool), end
    }

    /// The most bytes that one entry may have: more is no registry's entry.
    private let maxEntryBytes: Int
    private var state = State.start
    private var hasCache = false
    /// What was received but not yet passed.
    private var pending: [UInt8] = []
    /// How many bytes were passed before `pending`.
    private var passed = 0

    package init(maxEntryBytes: Int = 64 << 20) { self.maxEntryBytes = maxEntryBytes }

    /// Takes the next bytes and gives away every entry that is whole. After an error the scanner is of no more use.
    package mutating func feed(
        _ chunk: [UInt8], _ each: (Entry) throws(JSONError) -> Void
    ) throws(JSONError) {
        let bytes = pending.isEmpty ? chunk : pending + chunk
        pending = []
        let outcome = bytes.withUnsafeBufferPointer { buffer -> Result<Int, JSONError> in
            var cursor = StructureCursor(buffer, base: passed)
            do throws(JSONError) {
                while try step(&cursor, each) {}
                return .success(cursor.committed)
            } catch {
                return .failure(error)
            }
        }
        let consumed = try outcome.get()
        passed += consumed
        if consumed < bytes.count { pending = Array(bytes[consumed...]) }
        guard pending.count <= maxEntryBytes else {
            throw JSONError("an entry is longer than \(maxEntryBytes) bytes", at: passed)
        }
    }

    /// Fails unless the dump came to its end.
    package func finish() throws(JSONError) {
        guard case .end = state, pending.isEmpty else {
            throw JSONError("the dump ends too early", at: passed + pending.count)
        }
        guard hasCache else { throw JSONError("there is no \"cache\" in it", at: passed) }
    }

    /// One step through the structure; false when more bytes are needed.
    private mutating func step(
        _ cursor: inout StructureCursor, _ each: (Entry) throws(JSONError) -> Void
    ) throws(JSONError) -> Bool {
        guard let byte = cursor.skipSpace() else {
            cursor.commit()
            return false
        }
        switch state {
        case .start:
            guard byte == UInt8(ascii: "{") else { throw cursor.error("expected {") }
            cursor.advance()
            state = .rootMember(first: true)
        case .rootMember(let first):
            guard try rootMember(&cursor, byte, first) else { return false }
        case .tableMember(let first):
            guard try tableMember(&cursor, byte, first) else { return false }
        case .entry(let table, let first):
            guard try entry(&cursor, byte, table, first, each) else { return false }
        case .end: throw cursor.error("unexpected text after the dump")
        }
        cursor.commit()
        return true
    }

    /// `"cache":{`, another member that is passed over, or the end of the dump.
    private mutating func rootMember(
        _ cursor: inout StructureCursor, _ byte: UInt8, _ first: Bool
    ) throws(JSONError) -> Bool {
        if byte == UInt8(ascii: "}") {
            cursor.advance()
            state = .end
            return true
        }
        guard let name = try cursor.memberName(first: first) else { return false }
        guard let next = cursor.skipSpace() else { return false }
        if cursor.equals(name, "cache") {
            hasCache = true
            guard next == UInt8(ascii: "{") else { throw cursor.error("\"cache\" is no object") }
            cursor.advance()
            state = .tableMember(first: true)
            return true
        }
        guard try cursor.skipValue() != nil else { return false }
        state = .rootMember(first: false)
        return true
    }

    /// `"instances":[`, or the end of the cache. The entries of an unknown table are passed over.
    private mutating func tableMember(
        _ cursor: inout StructureCursor, _ byte: UInt8, _ first: Bool
    ) throws(JSONError) -> Bool {
        if byte == UInt8(ascii: "}") {
            cursor.advance()
            state = .rootMember(first: false)
            return true
        }
        guard let name = try cursor.memberName(first: first) else { return false }
        guard let next = cursor.skipSpace() else { return false }
        let table = DumpTable(rawValue: cursor.string(name))
        guard next == UInt8(ascii: "[") else {
            let start = cursor.absoluteOffset
            guard let value = try cursor.skipValue() else { return false }
            guard table == nil || cursor.equals(value, "null") else {
                throw JSONError("a table of the dump is no array", at: start)
            }
            state = .tableMember(first: false)
            return true
        }
        cursor.advance()
        state = .entry(table, first: true)
        return true
    }

    private mutating func entry(
        _ cursor: inout StructureCursor, _ byte: UInt8, _ table: DumpTable?, _ first: Bool,
        _ each: (Entry) throws(JSONError) -> Void
    ) throws(JSONError) -> Bool {
        if byte == UInt8(ascii: "]") {
            cursor.advance()
            state = .tableMember(first: false)
            return true
        }
        guard try cursor.separator(first: first) else { return false }
        let offset = cursor.absoluteOffset
        guard let table, !table.isDerived else {
            guard try cursor.skipValue() != nil else { return false }
            state = .entry(table, first: false)
            return true
        }
        guard let members = try cursor.entryMembers() else { return false }
        try each(
            Entry(
                table: table, key: cursor.slice(members.key), revision: members.revision,
                cluster: cursor.slice(members.cluster), via: cursor.slice(members.via),
                value: cursor.slice(members.value), offset: offset,
                valueOffset: cursor.absoluteOffset(of: members.value)))
        state = .entry(table, first: false)
        return true
    }
}
