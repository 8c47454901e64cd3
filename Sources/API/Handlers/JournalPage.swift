import Discovery
import Federation
import Registry
import ServiceCenterWire

/// `GET /mainstem/v1/journal`: what has happened, the newest first. Times are seconds since 1970.
enum JournalPage {
    /// How many entries an answer has, unless it is asked for fewer or more, and at most.
    private static let limits = (usual: 100, most: 1_000)

    @Sendable static func list(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try request.takesOnly(["source", "service", "instance", "limit", "before"])
        let query = try query(request)
        let entries: [JournalEntry]
        do throws(StateFailure) { entries = try await services.federation.journal.entries(query) } catch {
            throw ServiceCenterError(.unavailable, "\(error)")
        }
        // A source that is declared no more still has its entries.
        if let source = query.source, entries.isEmpty, query.before == nil {
            try services.view.checkName(of: SourceID(source), "parameter source must name a source")
        }
        return .json(reserving: 256 + entries.count * 320) { writer in
            writer.beginObject()
            writer.key("entries")
            writer.beginArray()
            for entry in entries { write(entry, to: &writer) }
            writer.endArray()
            // What `before` has to be for the next older ones.
            if entries.count == query.limit, let last = entries.last { writer.member("before", last.number) }
            writer.endObject()
        }
    }

    private static func query(_ request: Request) throws(ServiceCenterError) -> JournalQuery {
        func text(_ name: String) -> String? { request.query(name).isEmpty ? nil : request.query(name) }
        var query = JournalQuery(
            limit: try request.count("limit", usual: limits.usual, most: limits.most))
        if let before = text("before") {
            guard let number = Int64(before), number > 0 else {
                throw ServiceCenterError(.invalidParameters, "parameter before must be the number of an entry")
            }
            query.before = number
        }
        query.source = text("source")
        query.service = text("service")
        query.instance = text("instance")
        return query
    }

    private static func write(_ entry: JournalEntry, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("number", entry.number)
        writer.key("at")
        writer.decimal(entry.at.seconds)
        writer.member("revision", entry.revision.description)
        writer.member("source", ifPresent: entry.source?.name ?? "")
        switch entry.event {
        case .change(let action, let cause, let microservice, let id, let instance):
            writer.member("event", action.rawValue)
            writer.member("cause", cause.rawValue)
            writer.key("microservice")
            writer.key(object: microservice)
            writer.member("serviceId", id.text)
            writer.member("instanceId", instance.text)
        case .firstWord(let cause, let changes):
            writer.member("event", "FIRST")
            writer.member("cause", cause.rawValue)
            writer.member("instances", changes)
        case .transition(let from, let to, let reason):
            writer.member("event", "STATE")
            writer.member("from", ifPresent: from)
            writer.member("to", to)
            writer.member("reason", ifPresent: reason)
        case .gap(let since):
            writer.member("event", "GAP")
            writer.member("since", since.description)
        }
        writer.endObject()
    }
}
