/// How the changes of a source become known, as shown to operators.
package enum Observation: Sendable, Equatable {
    /// It is a part of this process, and tells each change itself.
    case direct
    /// It is read on its interval, and nothing else; why, when more than that was wanted.
    case polled(reason: String?)
    /// Changes are heard as they happen over `watches` of `of` watches; the rest is read on its interval; why, when
    /// some do not stand.
    case observed(watches: Int, of: Int, reason: String?)

    /// What it is called where operators see it.
    package var mode: String {
        switch self {
        case .direct: "direct"
        case .polled: "polled"
        case .observed: "observed"
        }
    }

    /// Why less is heard than was wanted; nil when nothing is missing.
    package var reason: String? {
        switch self {
        case .direct: nil
        case .polled(let reason), .observed(_, _, let reason): reason
        }
    }
}
