extension StrictMapping {
    /// One line of text that is not empty. Throws when it is missing or anything else.
    package mutating func requiredString(_ key: String) throws(TopologyError) -> String {
        try required(key, .text)
    }

    /// One line of text that is not empty; nil when the key is not there. Throws when it is anything else.
    package mutating func optionalString(_ key: String) throws(TopologyError) -> String? {
        try optional(key, .text)
    }

    /// One line of text, or `""`; nil when the key is not there. Throws when it is anything else.
    package mutating func optionalText(_ key: String) throws(TopologyError) -> String? {
        try optional(key, .textOrNothing)
    }

    /// A whole number in `range`. Throws when it is missing or anything else.
    package mutating func requiredInt(_ key: String, in range: ClosedRange<Int>) throws(TopologyError) -> Int {
        try required(key, .int(in: range))
    }

    /// A whole number in `range`; nil when the key is not there. Throws when it is anything else.
    package mutating func optionalInt(_ key: String, in range: ClosedRange<Int>) throws(TopologyError) -> Int? {
        try optional(key, .int(in: range))
    }

    /// `true` or `false`. Throws when it is missing or anything else.
    package mutating func requiredBool(_ key: String) throws(TopologyError) -> Bool {
        try required(key, .bool)
    }

    /// `true` or `false`; nil when the key is not there. Throws when it is anything else.
    package mutating func optionalBool(_ key: String) throws(TopologyError) -> Bool? {
        try optional(key, .bool)
    }

    /// A duration in `range`, written as `DurationText` reads it. Throws when it is missing or anything else.
    package mutating func requiredDuration(
        _ key: String, in range: ClosedRange<Duration>
    ) throws(TopologyError) -> Duration {
        try required(key, .duration(in: range))
    }

    /// A duration in `range`; nil when the key is not there. Throws when it is anything else.
    package mutating func optionalDuration(
        _ key: String, in range: ClosedRange<Duration>
    ) throws(TopologyError) -> Duration? {
        try optional(key, .duration(in: range))
    }

    /// Bytes in `range`, written as `ByteSize` reads them. Throws when they are missing or anything else.
    package mutating func requiredByteSize(_ key: String, in range: ClosedRange<Int>) throws(TopologyError) -> Int {
        try required(key, .byteSize(in: range))
    }

    /// Bytes in `range`; nil when the key is not there. Throws when they are anything else.
    package mutating func optionalByteSize(_ key: String, in range: ClosedRange<Int>) throws(TopologyError) -> Int? {
        try optional(key, .byteSize(in: range))
    }

    /// One of a few words; nil when the key is not there. Throws when it is anything else.
    package mutating func optionalWord<Word: RawRepresentable<String> & CaseIterable>(
        _ key: String
    ) throws(TopologyError) -> Word? {
        try optional(key, .word)
    }

    /// One of a few words. Throws when it is missing or anything else.
    package mutating func requiredWord<Word: RawRepresentable<String> & CaseIterable>(
        _ key: String
    ) throws(TopologyError) -> Word {
        try required(key, .word)
    }

    private mutating func required<Value>(_ key: String, _ form: ScalarForm<Value>) throws(TopologyError) -> Value {
        guard let value = try optional(key, form) else { throw missing(key) }
        return value
    }

    private mutating func optional<Value>(_ key: String, _ form: ScalarForm<Value>) throws(TopologyError) -> Value? {
        guard let node = try take(key)?.value else { return nil }
        guard let value = form.value(of: node) else {
            throw mismatch(key, expected: form.expected, found: shown(node, at: key), remedy: form.remedy)
        }
        return value
    }
}
