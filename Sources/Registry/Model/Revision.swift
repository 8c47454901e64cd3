/// A point in the merged history: which run of the process, and how many batches of changes that run had seen.
package struct Revision: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Distinguishes the runs of a process: two revisions of different epochs cannot be compared in time.
    package let epoch: UInt64
    /// The number of batches since the epoch began; 0 before the first one.
    package let sequence: UInt64

    package init(epoch: UInt64, sequence: UInt64) {
        self.epoch = epoch
        self.sequence = sequence
    }

    /// The text form `epoch.sequence`, the epoch in hexadecimal.
    package var description: String { "\(process).\(sequence)" }

    /// The run of the process, as text.
    package var process: String { String(epoch, radix: 16) }

    /// Reads the text form; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = UInt64(parts[0], radix: 16), let sequence = UInt64(parts[1]) else {
            return nil
        }
        self.init(epoch: epoch, sequence: sequence)
        // Signs, leading zeros and capitals make numbers too, but nobody writes a revision with them.
        guard description == text else { return nil }
    }

    package static func < (left: Revision, right: Revision) -> Bool {
        (left.epoch, left.sequence) < (right.epoch, right.sequence)
    }
}
