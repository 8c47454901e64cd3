import Federation
import Registry

/// What the log has next for a watcher that is behind: about a segment of it.
struct CatchUpPiece {
    /// Changes that are looked at for one piece.
    private static let maxChanges = 256

    let segments: [WatchSegment]
    /// How far whoever has it has come.
    let end: EventCursor

    /// What an audience hears of after `start`; nil when the log does not reach back so far, or the name of the source
    /// that it follows has meant another one since.
    init?(for audience: Audience, after start: EventCursor, upTo cursor: Revision, _ services: Services) {
        let (view, excerpt) = services.registry.read { view, log in
            let isRenamed = audience.source.map { log.isRenamed($0, after: start.revision) } ?? false
            let (names, limit) = (audience.names, CatchUpPiece.maxChanges)
            return (view, isRenamed ? nil : log.excerpt(of: names, after: start, upTo: cursor, limit: limit))
        }
        guard let excerpt else { return nil }
        var end = excerpt.end
        var places: [WatchEventPlace] = []
        var bytes = 0
        for (batch, offset) in excerpt.changes {
            guard bytes < WatchSegment.maxBytes else {
                end = EventCursor(before: offset, of: batch)
                break
            }
            let change = batch.changes[offset]
            guard audience.hears(of: change, in: view.tables),
                let action = audience.action(of: change, in: batch)
            else { continue }
            places.append(WatchEventPlace(batch: batch, offset: offset, action: action))
            bytes += services.frames.frame(batch, offset, as: action, audience.key.form).count
        }
        self.end = end
        segments = services.frames.segments(of: places, audience.key.form)
    }
}
