import Registry
import ServiceCenterWire

extension Response {
    /// The same answer, which is one entry, with the way of that: another aggregator that looks it up must know what
    /// came through itself. `path` is the entry's, and empty for what is known at first hand; `source` is whose word it
    /// is.
    func telling(path: String, of source: SourceID, in services: Services) -> Response {
        let answer = adding(UpstreamPath.header, services.view.revision.process)
            .adding(UpstreamPath.sourceHeader, source.name)
        return path.isEmpty ? answer : answer.adding(UpstreamPath.viaHeader, path)
    }
}
