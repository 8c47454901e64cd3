import Discovery
import Locks
import Registry

/// A source that says what its script says, one answer a read; when the script is at its end, nothing new.
final class ScriptedSource: Source {
    enum Answer: Sendable {
        case says(RegistryDelta, as: String? = nil)
        case fails(SourceFailure)
        /// Until the read is cancelled.
        case hangs
        case saysAndHangs(RegistryDelta)
    }

    typealias Tell = @Sendable (SourceNews) -> Void

    private struct State {
        var script: [Answer]
        var tell: Tell?
        var waiting: [CheckedContinuation<Tell, Never>] = []
        var isFollowed = false
        var secretFault: String?
    }

    let profile: SourceProfile
    private let state: Mutex<State>

    init(_ name: String, interval: Duration = .seconds(10), maxInterval: Duration? = nil, _ script: [Answer]) {
        profile = SourceProfile(
            id: SourceID(name), plugin: "scripted", endpoints: ["script://\(name)"], interval: interval,
            maxInterval: maxInterval)
        state = Mutex(State(script: script))
    }

    /// Whether somebody follows it now.
    var isFollowed: Bool { state.withLock { $0.isFollowed } }

    var secretFault: String? {
        get { state.withLock { $0.secretFault } }
        set { state.withLock { $0.secretFault = newValue } }
    }

    func read(_ tell: @Sendable (RegistryDelta) -> Void) async throws(SourceFailure) -> SourceReading {
        switch state.withLock({ $0.script.isEmpty ? nil : $0.script.removeFirst() }) {
        case nil: return SourceReading()
        case .says(let delta, let name)?:
            tell(delta)
            var reading = SourceReading()
            reading.upstreamName = name
            reading.wireBytes = 10
            reading.bodyBytes = 100
            reading.entries = delta.changeCount
            reading.decoded = delta.changeCount
            return reading
        case .fails(let failure)?: throw failure
        case .hangs?:
            await untilCancelled()
            throw .cancelled
        case .saysAndHangs(let delta)?:
            tell(delta)
            await untilCancelled()
            throw .cancelled
        }
    }

    func follow(_ tell: @escaping Tell) async {
        let waiting = state.withLock { state in
            state.tell = tell
            state.isFollowed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: tell) }
        await untilCancelled()
        state.withLock { state in
            state.isFollowed = false
            state.tell = nil
        }
    }

    /// What the follower was given to tell with, as soon as there is a follower.
    func teller() async -> Tell {
        await withCheckedContinuation { continuation in
            let tell = state.withLock { state in
                if state.tell == nil { state.waiting.append(continuation) }
                return state.tell
            }
            if let tell { continuation.resume(returning: tell) }
        }
    }

    private func untilCancelled() async {
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        for await _ in stream {}
        continuation.finish()
    }
}
