import Registry

extension UnixTime {
    /// Day and time in UTC, `yyyy-mm-dd hh:mm:ss`.
    var dateText: String {
        // Years are counted from March on, in eras of 400, so that a leap day is the last one of its year.
        // Rule: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        let days = nanoseconds / 86_400_000_000_000 + 719_468
        let (era, ofEra) = (days / 146_097, days % 146_097)
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * ofYear + 2) / 153
        let (day, month) = (ofYear - (153 * fromMarch + 2) / 5 + 1, fromMarch < 10 ? fromMarch + 3 : fromMarch - 9)
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2)) \(clockText.prefix(8))"
    }

    /// The time of day in UTC, `hh:mm:ss.mmm`.
    var clockText: String {
        let milliseconds = nanoseconds / 1_000_000
        let seconds = milliseconds / 1_000 % 86_400
        let parts = [padded(seconds / 3_600, 2), padded(seconds / 60 % 60, 2), padded(seconds % 60, 2)]
        return parts.joined(separator: ":") + "." + padded(milliseconds % 1_000, 3)
    }

    private func padded(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
