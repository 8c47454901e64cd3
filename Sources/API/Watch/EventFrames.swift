import Locks
import NIOCore
import Registry

/// The events of the last moments in their written form, shared by all event loops: whoever comes first writes one,
/// everybody else finds it. Bounded by bytes; what fell out is written again when somebody slow asks for it.
final class EventFrames: Sendable {
    private struct Key: Hashable {
        let sequence: UInt64
        let offset: Int
        let action: VisibleChange.Action
        let form: WatchForm
    }

    private struct State {
        var frames: [Key: [UInt8]] = [:]
        var order: CircularBuffer<Key> = []
        var bytes = 0
        var encoded = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    /// Keeps at most so many bytes, and at least the newest frame.
    init(bytes capacity: Int = 16 << 20) { self.capacity = capacity }

    /// How many events were written so far.
    var encoded: Int { state.withLock { $0.encoded } }

    /// The bytes of one event of a batch, told as an action.
    func frame(
        _ batch: EventBatch, _ offset: Int, as action: VisibleChange.Action, _ form: WatchForm
    ) -> [UInt8] {
        let key = Key(sequence: batch.revision.sequence, offset: offset, action: action, form: form)
        return state.withLock { state in
            if let frame = state.frames[key] { return frame }
            let frame = form.bytes(of: batch.changes[offset], as: action, at: offset, of: batch)
            state.encoded += 1
            state.frames[key] = frame
            state.order.append(key)
            state.bytes += frame.count
            while state.bytes > capacity, state.order.count > 1, let oldest = state.order.popFirst() {
                state.bytes -= state.frames.removeValue(forKey: oldest)?.count ?? 0
            }
            return frame
        }
    }
}
