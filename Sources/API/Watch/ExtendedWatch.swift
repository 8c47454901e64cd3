import NIOCore
import Registry
import ServiceCenterWire

/// What both forms of the extended watch have in common.
enum ExtendedWatch {
    /// Between two heartbeats.
    static let heartbeat = Duration.seconds(10)

    /// Says that nothing else happened up to a revision.
    static func heartbeat(at revision: Revision, _ form: WatchForm) -> ByteBuffer {
        ByteBuffer(bytes: form.bytes(of: .heartbeat, at: EventCursor(revision)))
    }
}
