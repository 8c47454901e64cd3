/// Why a source could not be read. A failed read changes nothing: the source keeps its last data. One that is
/// `unobserved` has told what it read before it fails.
package enum SourceFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// No connection, or it broke before the answer was whole.
    case unreachable(String)
    /// The answer did not come within the source's time.
    case timedOut(String)
    /// The upstream answered, but not with a dump; the start of its text as evidence.
    case refused(status: Int, String)
    /// The answer is not a dump: what was wrong, and at which byte.
    case malformed(String, offset: Int)
    /// The answer is larger than the source may send.
    case tooLarge(limitBytes: Int)
    /// An embedded registry cannot keep anything on disk.
    case notKept(String)
    /// It was read, but its changes cannot be heard, which its topology requires: why not.
    case unobserved(String)
    /// The read was given up, because the process or the source ends.
    case cancelled

    /// The label `result` of the metrics.
    package var label: String {
        switch self {
        case .unreachable: "unreachable"
        case .timedOut: "timeout"
        case .refused: "refused"
        case .malformed: "malformed"
        case .tooLarge: "too_large"
        case .notKept: "not_kept"
        case .unobserved: "unobserved"
        case .cancelled: "cancelled"
        }
    }

    /// Every label of a failure.
    package static let labels = [
        "unreachable", "timeout", "refused", "malformed", "too_large", "not_kept", "unobserved", "cancelled",
    ]

    package var description: String {
        switch self {
        case .unreachable(let detail): "cannot be reached: \(detail)"
        case .timedOut(let detail): "did not answer in time: \(detail)"
        case .refused(let status, let detail): "answered status \(status)\(detail.isEmpty ? "" : ": \(detail)")"
        case .malformed(let detail, let offset): "sent no valid dump: \(detail) at byte \(offset)"
        case .tooLarge(let limit): "sent more than \(limit) bytes"
        case .notKept(let detail): "cannot keep what it is told: \(detail)"
        case .unobserved(let reason): "cannot be observed, as it must be: \(reason)"
        case .cancelled: "was given up"
        }
    }
}
