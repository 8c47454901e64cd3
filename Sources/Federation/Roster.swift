import Discovery
import Locks
import Registry

/// Who belongs to the federation just now: it changes as a whole, when another topology is applied.
final class Roster: Sendable {
    struct Members: Sendable {
        var runners: [SourceID: SourceRunner] = [:]
        /// Those that could not go on where another one has ended: they do not run.
        var halted: Set<SourceID> = []
        var home: (any Home)?
        var writers: [SourceID: any Home] = [:]
        var merging = MergePolicies()

        init() {}

        /// `home` takes writes in any case, the others when their settings say so.
        init(_ runners: [SourceID: SourceRunner], home: (any Home)?, merging: MergePolicies) {
            self.runners = runners
            self.home = home
            self.merging = merging
            for runner in runners.values {
                guard let writer = runner.source as? any Home, writer.writing.takesOwn else { continue }
                writers[writer.profile.id] = writer
            }
            if let home { writers[home.profile.id] = home }
        }
    }

    private let state = Mutex(Members())
    /// Runners that are to run.
    let arrivals: AsyncStream<SourceRunner>
    private let arrive: AsyncStream<SourceRunner>.Continuation

    init() { (arrivals, arrive) = AsyncStream.makeStream() }

    var members: Members { state.withLock { $0 } }

    /// The source of this name, when it takes writes.
    func writer(_ source: SourceID) -> (any Home)? { state.withLock { $0.writers[source] } }

    func runner(_ source: SourceID) -> SourceRunner? { state.withLock { $0.runners[source] } }

    /// Puts others in their place, and has those run that are new.
    func replace(with members: Members, starting fresh: [SourceRunner]) {
        state.withLock { $0 = members }
        for runner in fresh { arrive.yield(runner) }
    }
}
