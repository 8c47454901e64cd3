import NIOCore
import Registry

/// Some events in a row as one piece of bytes that every watcher of them is handed.
struct WatchSegment {
    /// Events of one source that were heard of at one time.
    struct Portion {
        let source: SourceID
        let observed: UnixTime
        var count: Int
    }

    /// So long a segment grows: what a watcher holds beyond its socket is at most this and the channel's watermark.
    static let maxBytes = 64 << 10

    private(set) var bytes: ByteBuffer
    /// Where a watcher stands before it.
    let start: EventCursor
    private(set) var portions: [Portion] = []

    fileprivate init(at start: EventCursor, reserving count: Int) {
        self.start = start
        bytes = ByteBufferAllocator().buffer(capacity: count)
    }

    fileprivate mutating func append(_ frame: [UInt8], of change: VisibleChange, _ observed: UnixTime) {
        bytes.writeBytes(frame)
        portions.append(change.source, observed)
    }
}

extension [WatchSegment.Portion] {
    /// Counts one more event.
    mutating func append(_ source: SourceID, _ observed: UnixTime) {
        if let last, last.source == source, last.observed == observed {
            self[count - 1].count += 1
        } else {
            append(WatchSegment.Portion(source: source, observed: observed, count: 1))
        }
    }
}

/// One event on its way to watchers, told as an action.
struct WatchEventPlace {
    let batch: EventBatch
    let offset: Int
    let action: VisibleChange.Action

    var change: VisibleChange { batch.changes[offset] }

    /// In the order of the history.
    static func precedes(_ left: WatchEventPlace, _ right: WatchEventPlace) -> Bool {
        (left.batch.revision.sequence, left.offset) < (right.batch.revision.sequence, right.offset)
    }
}

extension EventFrames {
    /// Events in their order as few segments.
    func segments(of places: [WatchEventPlace], _ form: WatchForm) -> [WatchSegment] {
        var segments: [WatchSegment] = []
        var frames = places.map { frame($0.batch, $0.offset, as: $0.action, form) }[...]
        var rest = places[...]
        while let first = rest.first {
            var count = 0
            var bytes = 0
            for frame in frames {
                guard count == 0 || bytes + frame.count <= WatchSegment.maxBytes else { break }
                bytes += frame.count
                count += 1
            }
            var segment = WatchSegment(
                at: EventCursor(before: first.offset, of: first.batch), reserving: bytes)
            for (place, frame) in zip(rest.prefix(count), frames.prefix(count)) {
                segment.append(frame, of: place.change, place.batch.observed)
            }
            segments.append(segment)
            rest = rest.dropFirst(count)
            frames = frames.dropFirst(count)
        }
        return segments
    }
}
