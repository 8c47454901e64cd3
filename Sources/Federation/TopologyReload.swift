package import Discovery
import Locks
package import Logging
import Registry
import ServiceLifecycle
package import Topology

/// Applies the topology anew while the process runs: one reload at a time; who asks while one runs shares the next.
package final class TopologyReload: Service {
    /// Why nothing was applied, or not all of it, in an operator's words.
    package struct Refusal: Error, Equatable {
        package let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    /// What has been made ready for another topology, and waits for the moment.
    package struct Readied: Sendable {
        /// Has it in effect.
        package let enter: @Sendable () async -> Void
        /// Lets go of it.
        package let giveUp: @Sendable () async -> Void

        package init(enter: @escaping @Sendable () async -> Void, giveUp: @escaping @Sendable () async -> Void = {}) {
            self.enter = enter
            self.giveUp = giveUp
        }
    }

    private typealias Outcome = Result<TopologyChange, Refusal>

    private struct State {
        var running: Topology
        var waiting: [CheckedContinuation<Outcome, Never>] = []
        var hasEnded = false
    }

    private let federation: FederationService
    private let read: @Sendable () throws -> Topology
    private let makeSources: @Sendable (Topology) throws -> [any Source]
    private let ready: @Sendable (ServerDeclaration) async throws -> Readied
    private let logger: Logger
    private let state: Mutex<State>
    private let (asked, ask) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// `running` is what the federation was made of. `read` reads it anew, from where it was read at the start;
    /// `makeSources` makes all sources of a topology, in its order. Both throw what an operator has to mend; `read` may
    /// block. `ready` makes ready what is declared of the server, before anything is changed; throws when it cannot be.
    package init(
        _ federation: FederationService, running: Topology, read: @escaping @Sendable () throws -> Topology,
        makeSources: @escaping @Sendable (Topology) throws -> [any Source],
        ready: @escaping @Sendable (ServerDeclaration) async throws -> Readied = { _ in Readied {} }, logger: Logger
    ) {
        self.federation = federation
        self.read = read
        self.makeSources = makeSources
        self.ready = ready
        self.logger = logger
        state = Mutex(State(running: running))
    }

    /// The topology that is in effect. Keys that only a start takes over have the values of this process's own.
    package var running: Topology { state.withLock { $0.running } }

    /// Reads the topology anew and applies it; gives what it changed. While it is refused, everything stays as it is.
    @discardableResult
    package func reload() async throws(Refusal) -> TopologyChange {
        let outcome = await withCheckedContinuation { continuation in
            let isWaiting = state.withLock { state in
                if !state.hasEnded { state.waiting.append(continuation) }
                return !state.hasEnded
            }
            guard isWaiting else { return continuation.resume(returning: .failure(TopologyReload.ending)) }
            ask.yield()
        }
        return try outcome.get()
    }

    private static let ending = Refusal("the process ends")

    package func run() async {
        for await _ in asked.cancelOnGracefulShutdown() {
            let waiting = state.withLock { state in
                defer { state.waiting = [] }
                return state.waiting
            }
            guard !waiting.isEmpty else { continue }
            let outcome = await apply()
            for continuation in waiting { continuation.resume(returning: outcome) }
        }
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: .failure(TopologyReload.ending)) }
    }

    private func apply() async -> Outcome {
        let running = running
        let change: TopologyChange
        let halted: [SourceID: StateFailure]
        do {
            let declared = try read()
            let sources = try makeSources(declared)
            change = TopologyChange(from: running, to: declared)
            let taken = declared.takenOver(by: running)
            let readied = try await ready(taken.server)
            do {
                halted = try await federation.apply(FederationChange(change, to: taken, sources: sources))
            } catch {
                await readied.giveUp()
                throw error
            }
            await readied.enter()
            state.withLock { $0.running = taken }
        } catch {
            logger.error("the topology is not applied", metadata: ["reason": "\(error)"])
            return .failure(Refusal("\(error)"))
        }
        guard let (source, failure) = halted.min(by: { $0.key < $1.key }) else {
            let message: Logger.Message = change.isEmpty ? "the topology has not changed" : "the topology is applied"
            logger.info(message, metadata: change.facts)
            return .success(change)
        }
        let facts: Logger.Metadata = ["source": "\(source)", "reason": "\(failure)"]
        logger.error("the topology is applied, but a source stands still until the next reload", metadata: facts)
        return .failure(
            Refusal("all is applied, but the source '\(source)' stands still until the next reload: \(failure)"))
    }
}

extension TopologyChange {
    /// What it changes, for the log.
    fileprivate var facts: Logger.Metadata {
        let facts: [String: [String]] = [
            "added": added.map(\.rawValue), "removed": removed.map(\.rawValue),
            "renamed": renamed.map { "\($0.from) to \($0.to)" },
            "changed": changed.map { "\($0.name) (\($0.keys.joined(separator: ", ")))" },
            "reordered": isReordered ? ["true"] : [], "keys": keys, "atNextStart": keysOfNextStart,
        ]
        return facts.filter { !$0.value.isEmpty }.mapValues { "\($0.joined(separator: ", "))" }
    }
}
