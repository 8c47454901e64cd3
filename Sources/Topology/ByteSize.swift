/// Sizes as operators write them: `64KiB`, `1MiB`, `1GiB`, or a plain number of bytes.
package enum ByteSize {
    /// Completes an error about a size.
    package static let forms = "write it like 64KiB, 1MiB, 512MiB or 1GiB, or as a plain number of bytes"

    private static let units: [(name: String, bytes: Int)] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

    /// Bytes; nil for anything that is not decimal digits with or without one of the units, or too large for `Int`.
    package static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = text.dropFirst(digits.count)
        guard let count = Int(digits) else { return nil }
        if name.isEmpty { return count }
        guard let unit = units.first(where: { $0.name == name }) else { return nil }
        let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: unit.bytes)
        return isTooLarge ? nil : bytes
    }

    /// The text that `parse` reads back, in the largest unit that leaves a whole number.
    package static func text(_ bytes: Int) -> String {
        guard let unit = units.first(where: { bytes >= $0.bytes && bytes.isMultiple(of: $0.bytes) }) else {
            return "\(bytes)"
        }
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}
