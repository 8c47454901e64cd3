import Federation
import Registry

extension Exposition {
    /// What clients asked.
    mutating func requests(_ requests: RequestCounters.Snapshot) {
        family("mainstem_connections", .gauge, "Open client connections.")
        sample("mainstem_connections", [], requests.connections)
        family("mainstem_http_requests_total", .counter, "Requests by route, method and status.")
        var counts: [String: (labels: [(String, String)], count: Int)] = [:]
        for (key, count) in requests.counts {
            let labels = [("route", key.route), ("method", key.method), ("status", "\(key.status)")]
            counts["\(labels)", default: (labels, 0)].count += count
        }
        for (_, (labels, count)) in counts.sorted(by: { $0.key < $1.key }) {
            sample("mainstem_http_requests_total", labels, count)
        }
        family(
            "mainstem_http_request_duration_seconds", .histogram,
            "From a request's last byte to the hand-over of its answer.")
        for (route, durations) in requests.durations.sorted(by: { $0.key < $1.key }) {
            histogram("mainstem_http_request_duration_seconds", [("route", route)], durations)
        }
    }

    /// Service-center's own families, so that existing dashboards work: same names, types and labels, and the source's
    /// name where the content has one.
    mutating func serviceCenter(_ view: RegistryView, _ requests: RequestCounters.Snapshot) {
        let totals = DomainTotals(view.tables)
        family("service_center_db_service_total", .gauge, "Gauge of microservice created in Service Center")
        for (place, count) in totals.microservices.sorted(by: { $0.key < $1.key }) {
            sample("service_center_db_service_total", place.labels, count)
        }
        family("service_center_db_instance_total", .gauge, "Gauge of microservice created in Service Center")
        for (place, count) in totals.instances.sorted(by: { $0.key < $1.key }) {
            sample("service_center_db_instance_total", place.labels, count)
        }
        let counts = requests.counts.map { key, count in
            let labels = [
                ("api", key.route), ("code", "\(key.status)"), ("domain", key.domain), ("method", key.method),
            ]
            return (labels: labels, order: "\(labels)", status: key.status, count: count)
        }.sorted { $0.order < $1.order }
        family("service_center_http_request_total", .counter, "Counter of requests received into ROA handler")
        for entry in counts { sample("service_center_http_request_total", entry.labels, entry.count) }
        family(
            "service_center_http_success_total", .counter, "Counter of requests received into ROA handler and success")
        for entry in counts where entry.status < 400 {
            sample("service_center_http_success_total", entry.labels, entry.count)
        }
    }
}

/// How much of what is served stands in which domain, by the source whose word it is. Linear in the microservices:
/// counted when it is asked for.
private struct DomainTotals {
    struct Place: Hashable, Comparable {
        let domain: String
        let source: SourceID

        var labels: [(String, String)] { [("domain", domain), ("source", source.name)] }

        static func < (left: Place, right: Place) -> Bool {
            (left.domain, left.source) < (right.domain, right.source)
        }
    }

    private(set) var microservices: [Place: Int] = [:]
    private(set) var instances: [Place: Int] = [:]

    init(_ tables: RegistryTables) {
        tables.forEachMicroservice { merged in
            let domain = merged.key.tenant.domain
            microservices[Place(domain: domain, source: merged.source), default: 0] += 1
            for (source, count) in merged.visibleCounts {
                instances[Place(domain: domain, source: source), default: 0] += count
            }
        }
    }
}
