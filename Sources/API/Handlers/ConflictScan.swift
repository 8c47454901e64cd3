import Locks
import Registry
import ServiceCenterWire

/// Looks for conflicts when somebody asks, away from the event loops: once for one state of the registry, and at most
/// every few seconds.
actor ConflictScan {
    /// The most that is listed of each kind.
    static let limit = 1_000
    private static let pause = Duration.seconds(5)

    private struct Scan {
        var conflicts = Conflicts()
        var revision: Revision?
        var generation: UInt64?
        var uptime = Duration.zero
    }

    private nonisolated let last = Mutex(Scan())

    /// What was found last; nothing before anybody asked.
    nonisolated var latest: Conflicts { last.withLock { $0.conflicts } }

    /// Whether something else may be found now.
    nonisolated func isDue(_ view: RegistryView, at uptime: Duration) -> Bool {
        last.withLock { scan in
            guard let generation = scan.generation else { return true }
            return generation != view.generation && uptime - scan.uptime >= ConflictScan.pause
        }
    }

    /// What there is now, or was a few seconds ago, and at which revision.
    func found(in view: RegistryView, at uptime: Duration) -> (conflicts: Conflicts, revision: Revision) {
        if isDue(view, at: uptime) {
            let conflicts = Conflicts(in: view.tables, limit: ConflictScan.limit, endpoints: \.endpoints)
            last.withLock {
                $0 = Scan(
                    conflicts: conflicts, revision: view.revision, generation: view.generation, uptime: uptime)
            }
        }
        return last.withLock { ($0.conflicts, $0.revision ?? view.revision) }
    }
}
