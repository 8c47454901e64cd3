import Federation
import Registry
import ServiceCenterWire

/// How a watch comes into its hub, whatever carries it.
enum WatchOpening {
    /// A consumer's watcher: hears of what comes after `start`, and of what the consumer missed since its last watch
    /// ended. One from before our last start is told the present state, and what has ended since, or shortly before.
    static func consumer(
        _ key: MicroserviceKey, from start: Revision, _ hub: WatchHub, _ outlet: FrameOutlet,
        onEnd: @escaping (Watcher.End) -> Void
    ) -> Watcher {
        let audience = hub.audience(.consumer(key), .plain)
        var progress = Watcher.Progress.behind(EventCursor(start))
        let services = hub.services
        let begun = services.federation.restoration.revision(
            of: key, within: services.limits.now.watchReturn, at: hub.uptime)
        if let begun {
            let present = services.registry.begin { view, log in
                WatchResync(audience, from: begun, view, log) ?? WatchResync(audience, view)
            }
            progress = .resyncing(present)
        } else if let left = services.departures.revision(of: key, now: hub.uptime), left < start {
            let missed = services.registry.begin { view, log in
                WatchResync(changesFor: audience, since: left, view, log)
                    ?? WatchResync(audience, from: left, view, log) ?? WatchResync(audience, view)
            }
            progress = .resyncing(missed)
        }
        return Watcher(audience, at: progress, opened: services.now(), outlet: outlet, onEnd: onEnd)
    }

    /// A watcher of a part of the registry, in the extended form.
    static func scope(
        _ scope: WatchScope, after start: WatchTarget.WatchStart, _ form: WatchForm, _ hub: WatchHub,
        _ outlet: FrameOutlet, onEnd: @escaping (Watcher.End) -> Void
    ) -> Watcher {
        let audience = hub.audience(.scope(scope), form)
        let view = hub.services.registry.begin { view, _ in view }
        let now = view.revision
        let progress: Watcher.Progress =
            switch start {
            case .present: .resyncing(WatchResync(audience, view))
            case .behind(let cursor?) where cursor.revision.epoch == now.epoch && cursor.revision <= now:
                .behind(cursor)
            case .behind: .resyncing(WatchResync(audience, view, saying: .compacted))
            }
        return Watcher(audience, at: progress, opened: hub.services.now(), outlet: outlet, onEnd: onEnd)
    }
}
