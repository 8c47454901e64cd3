/// Durations as operators write them: `500ms`, `2s`, `1m30s`.
package enum DurationText {
    /// Completes an error about a duration.
    package static let forms = "write it like 500ms, 2s, 1m, 1h or 1m30s"

    /// Longest first: the order in which the parts of a duration are written.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ]

    /// Whole numbers with the units h, m, s and ms, each at most once, longest first; nil for anything else, and for
    /// what `Int64` cannot hold in milliseconds.
    package static func parse(_ text: String) -> Duration? {
        var rest = Substring(text)
        var total: Int64 = 0
        var allowed = units[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !$0.isNumber }
            rest = rest.dropFirst(name.count)
            guard let index = allowed.firstIndex(where: { $0.name == name }) else { return nil }
            guard let count = Int64(digits) else { return nil }
            let (part, isTooLong) = count.multipliedReportingOverflow(by: units[index].milliseconds)
            let (sum, isTooMuch) = total.addingReportingOverflow(part)
            guard !isTooLong, !isTooMuch else { return nil }
            total = sum
            allowed = units[(index + 1)...]
        }
        return text.isEmpty ? nil : .milliseconds(total)
    }

    /// The shortest text that `parse` reads back; what is less than a millisecond is dropped.
    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var rest = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text.isEmpty ? "0s" : text
    }
}
