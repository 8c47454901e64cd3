import Registry
import ServiceCenterWire

/// How an event is written for a watcher.
enum WatchForm: UInt8, Hashable {
    /// As the real server does, in a text frame.
    case plain
    /// With revision, cursor, source and time, in a text frame.
    case extended
    /// The same as server-sent event.
    case stream

    /// The bytes of one event, ready for the socket.
    func bytes(
        of change: VisibleChange, as action: VisibleChange.Action, at offset: Int, of batch: EventBatch
    ) -> [UInt8] {
        guard self != .plain else { return WatchFrame.text(WatchMessage.encode(change, as: action)) }
        let cursor = EventCursor(after: offset, of: batch)
        return framed(
            WatchMessage.encode(change, as: action, of: batch, at: cursor), id: cursor)
    }

    /// An instance as it is, for a watcher that begins or starts over; `confirmed` is when its source last was.
    func bytes(ofPresent instance: VisibleChange, at revision: Revision, confirmed: UnixTime?) -> [UInt8] {
        guard self != .plain else { return WatchFrame.text(WatchMessage.encode(instance, as: .update)) }
        return framed(WatchMessage.encode(present: instance, at: revision, confirmed: confirmed), id: nil)
    }

    /// What is said about the watch itself; nothing where service-center's clients would not know it.
    func bytes(of note: WatchMessage.Note, at cursor: EventCursor) -> [UInt8] {
        guard self != .plain else { return [] }
        return framed(WatchMessage.encode(note, at: cursor), id: note == .compacted ? nil : cursor)
    }

    private func framed(_ text: [UInt8], id: EventCursor?) -> [UInt8] {
        guard self == .stream else { return WatchFrame.text(text) }
        let head = id.map { "id: \($0)\n" } ?? ""
        return Array(head.utf8) + Array("data: ".utf8) + text + Array("\n\n".utf8)
    }
}
