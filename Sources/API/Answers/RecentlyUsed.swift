/// Keeps what was used lately, up to a number of bytes. Two halves: what is used moves to the younger one; when that is
/// full, the older one, which nobody asked for meanwhile, is let go. Every operation costs O(1).
struct RecentlyUsed<Key: Hashable, Value> {
    private typealias Entry = (value: Value, bytes: Int)

    private var halfBytes: Int
    private var young: [Key: Entry] = [:]
    private var old: [Key: Entry] = [:]
    private var youngBytes = 0
    private var oldBytes = 0

    /// Keeps at most so many bytes, by the caller's count.
    init(bytes: Int) { halfBytes = bytes / 2 }

    /// How much is kept now.
    var bytes: Int { youngBytes + oldBytes }

    /// What is kept under a key; from now on it counts as used.
    mutating func value(of key: Key) -> Value? {
        if let entry = young[key] { return entry.value }
        guard let entry = old.removeValue(forKey: key) else { return nil }
        oldBytes -= entry.bytes
        insert(entry, key)
        return entry.value
    }

    /// Keeps a value; one that is too large for a half is not kept at all.
    mutating func keep(_ value: Value, under key: Key, bytes: Int) {
        if let entry = young.removeValue(forKey: key) { youngBytes -= entry.bytes }
        if let entry = old.removeValue(forKey: key) { oldBytes -= entry.bytes }
        if bytes <= halfBytes { insert((value, bytes), key) }
    }

    /// Keeps at most so many bytes from now on; what was not used lately goes first.
    mutating func resize(to bytes: Int) {
        halfBytes = bytes / 2
        if oldBytes > halfBytes { (old, oldBytes) = ([:], 0) }
        if youngBytes > halfBytes { (young, youngBytes) = ([:], 0) }
    }

    mutating func removeAll() { self = RecentlyUsed(bytes: halfBytes * 2) }

    private mutating func insert(_ entry: Entry, _ key: Key) {
        if youngBytes + entry.bytes > halfBytes {
            (old, oldBytes) = (young, youngBytes)
            (young, youngBytes) = ([:], 0)
        }
        young[key] = entry
        youngBytes += entry.bytes
    }
}
