import Federation
import Registry

extension Exposition {
    /// Watchers and what they were sent.
    mutating func watches(_ watches: WatchCounters.Snapshot, _ sources: [SourceStatus]) {
        family("mainstem_watchers", .gauge, "Open watches: of a consumer's providers, or of a part of everything.")
        sample("mainstem_watchers", [("kind", "consumer")], watches.consumers.values.reduce(0, +))
        sample("mainstem_watchers", [("kind", "extended")], watches.sockets)
        sample("mainstem_watchers", [("kind", "stream")], watches.streams)
        family("mainstem_watchers_behind", .gauge, "Open watches that have not been handed everything yet.")
        sample("mainstem_watchers_behind", [], watches.behind)
        let deliveries = sources.map { ($0.source.name, watches.bySource[$0.source] ?? WatchCounters.Deliveries()) }
        family("mainstem_watch_frames_total", .counter, "Frames about instances sent to watchers, by source.")
        for (name, sent) in deliveries { sample("mainstem_watch_frames_total", [("source", name)], sent.frames) }
        family(
            "mainstem_event_lag_seconds", .histogram,
            "From a source's change, as it was first heard of, to its hand-over to a watcher's socket.")
        for (name, sent) in deliveries { histogram("mainstem_event_lag_seconds", [("source", name)], sent.lag) }
        family("mainstem_watch_writes_total", .counter, "Pieces of one or more events sent to watchers.")
        sample("mainstem_watch_writes_total", [], watches.writes)
        family("mainstem_watch_resyncs_total", .counter, "Watches brought up to date by the present state.")
        sample("mainstem_watch_resyncs_total", [], watches.resynced)
        family("mainstem_watch_stalled_total", .counter, "Watches ended because they took no byte for too long.")
        sample("mainstem_watch_stalled_total", [], watches.stalled)
        family("mainstem_watch_too_slow_total", .counter, "Watches ended because what they missed is not known.")
        sample("mainstem_watch_too_slow_total", [], watches.tooSlow)
        notifications(watches, deliveries)
    }

    /// Service-center's own families of the same.
    private mutating func notifications(
        _ watches: WatchCounters.Snapshot, _ deliveries: [(name: String, WatchCounters.Deliveries)]
    ) {
        family("service_center_notify_publish_total", .counter, "Counter of publishing instance events")
        for (name, sent) in deliveries {
            sample("service_center_notify_publish_total", [("source", name), ("status", "SUCCESS")], sent.frames)
        }
        family(
            "service_center_notify_publish_durations_microseconds", .summary, "Latency of publishing instance events")
        for (name, sent) in deliveries {
            summary(
                "service_center_notify_publish_durations_microseconds",
                [("source", name), ("status", "SUCCESS")], sent.recentLag)
        }
        family("service_center_notify_pending_total", .gauge, "Counter of pending instance events")
        for (name, sent) in deliveries {
            sample("service_center_notify_pending_total", [("source", name)], sent.pending)
        }
        family("service_center_notify_pending_durations_microseconds", .summary, "Latency of pending instance events")
        for (name, sent) in deliveries {
            summary("service_center_notify_pending_durations_microseconds", [("source", name)], sent.recentWaits)
        }
        family("service_center_notify_subscriber_total", .gauge, "Gauge of subscribers")
        for (domain, count) in watches.consumers.sorted(by: { $0.key < $1.key }) {
            sample("service_center_notify_subscriber_total", [("domain", domain), ("scheme", "Websocket")], count)
        }
    }

    private mutating func summary(_ name: String, _ labels: [(String, String)], _ sketch: LagSketch) {
        for part in [0.5, 0.9, 0.99] {
            sample(name, labels + [("quantile", "\(part)")], sketch.quantile(part) ?? .nan)
        }
        sample("\(name)_sum", labels, sketch.microseconds)
        sample("\(name)_count", labels, sketch.count)
    }
}
