import Registry
import ServiceCenterWire

extension Response {
    /// The same answer, which is one entry, with the way of that: another aggregator that looks it up must know what
    /// came through itself. `path` is the entry's, and empty for what is known at first hand.
    func telling(path: String, in services: Services) -> Response {
        let answer = adding(UpstreamPath.header, services.view.revision.process)
        return path.isEmpty ? answer : answer.adding(UpstreamPath.viaHeader, path)
    }
}
