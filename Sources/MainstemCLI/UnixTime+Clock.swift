import Registry

extension UnixTime {
    /// The time of day in UTC, `hh:mm:ss.mmm`.
    var clockText: String {
        func padded(_ value: Int64, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let milliseconds = nanoseconds / 1_000_000
        let seconds = milliseconds / 1_000 % 86_400
        let parts = [padded(seconds / 3_600, 2), padded(seconds / 60 % 60, 2), padded(seconds % 60, 2)]
        return parts.joined(separator: ":") + "." + padded(milliseconds % 1_000, 3)
    }
}
