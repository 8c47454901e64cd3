/// What a scalar has to look like to be read as a `Value`.
struct ScalarForm<Value> {
    /// Completes "must be …".
    let expected: String
    /// How to write it; nil where `expected` says it.
    var remedy: String?
    /// Quoted text is a number or a boolean for no one.
    var acceptsQuotes = true
    let parse: (String) -> Value?

    /// The value; nil when `node` is no scalar or not of this form.
    func value(of node: StrictNode) -> Value? {
        switch node.content {
        case .plain(let text): parse(text)
        case .quoted(let text): acceptsQuotes ? parse(text) : nil
        case .empty, .list, .mapping: nil
        }
    }
}

extension ScalarForm<String> {
    /// Not empty, without control characters. Whatever YAML would call a number or a boolean is text here.
    static var text: Self {
        ScalarForm(expected: "one line of text") { text in
            let isPrintable = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            return !text.isEmpty && isPrintable ? text : nil
        }
    }
}

extension ScalarForm<String> {
    /// The same, or nothing in quotes.
    static var textOrNothing: Self {
        ScalarForm(expected: "one line of text, or \"\"") { $0.isEmpty ? $0 : text.parse($0) }
    }
}

extension ScalarForm<Int> {
    /// Decimal digits without a leading zero, with a `-` for a negative number.
    static func int(in range: ClosedRange<Int>) -> Self {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return ScalarForm(expected: expected, acceptsQuotes: false) { text in
            guard let value = Int(text), String(value) == text, range.contains(value) else { return nil }
            return value
        }
    }

    /// Bytes, in the forms of `ByteSize`.
    static func byteSize(in range: ClosedRange<Int>) -> Self {
        let bounds = "\(ByteSize.text(range.lowerBound)) to \(ByteSize.text(range.upperBound))"
        return ScalarForm(expected: "a size from \(bounds)", remedy: ByteSize.forms) { text in
            ByteSize.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ScalarForm<Bool> {
    /// `true` or `false`, and none of YAML's other words for them.
    static var bool: Self {
        ScalarForm(expected: "true or false", acceptsQuotes: false) { Bool($0) }
    }
}

extension ScalarForm where Value: RawRepresentable<String> & CaseIterable {
    /// One of a few words.
    static var word: Self {
        let words = Value.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
        return ScalarForm(expected: words) { Value(rawValue: $0) }
    }
}

extension ScalarForm<Duration> {
    /// In the forms of `DurationText`.
    static func duration(in range: ClosedRange<Duration>) -> Self {
        let bounds = "\(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))"
        return ScalarForm(expected: "a duration from \(bounds)", remedy: DurationText.forms) { text in
            DurationText.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}
