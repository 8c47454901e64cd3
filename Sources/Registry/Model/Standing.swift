/// What a source's word on its instances is worth, as its topology says for one that has not been confirmed for long.
/// Microservices stay known whatever the standing: nothing that was known becomes unknown because its source is away.
package enum Standing: Sendable, Hashable {
    /// Its word counts by the source's precedence.
    case full
    /// The same, and what is served says since when it was not confirmed.
    case marked(since: UnixTime)
    /// Its word counts after every other one, and only for microservices of which no better source has an instance.
    case demoted
    /// Its instances are not served.
    case dropped

    /// 0 for the best.
    var rank: Int {
        switch self {
        case .full, .marked: 0
        case .demoted: 1
        case .dropped: 2
        }
    }
}
