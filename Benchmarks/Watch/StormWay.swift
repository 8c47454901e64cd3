/// How each instance registers anew in a storm, one request right behind the other.
enum StormWay: CaseIterable {
    /// It is registered under the ID that it has, which is a heartbeat, and its properties are put.
    case again
    /// The same, and its properties are put once more, as by a client that got no answer in time.
    case twice
    /// It is unregistered, and registered under the ID that it had.
    case anew

    var title: String {
        switch self {
        case .again: "POST under the same ID, PUT of properties"
        case .twice: "the same with two PUTs"
        case .anew: "DELETE, POST under the same ID"
        }
    }

    /// How many changes that makes of each instance.
    var changes: Int { self == .again ? 1 : 2 }

    /// Whether the first of them has to wait, so that one event comes of them.
    var holdsFirst: Bool { changes > 1 }
}
