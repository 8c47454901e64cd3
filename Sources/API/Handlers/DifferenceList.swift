import Registry
import ServiceCenterWire

/// `GET /mainstem/v1/diff?from=&to=&limit=`: what one source has and another one lacks, and what both have and say
/// otherwise.
actor DifferenceList {
    /// How many of each kind are listed, unless fewer or more are asked for, and at most.
    private static let limits = (usual: 100, most: 1_000)

    @Sendable static func list(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try request.takesOnly(["from", "to", "limit"])
        let limit = try request.count("limit", usual: limits.usual, most: limits.most)
        let view = services.view
        let (from, to) = (try source("from", request, view), try source("to", request, view))
        let difference = await services.differences.found(in: view.tables, from: from, to: to, limit: limit)
        return .json(reserving: 4_096) { writer in
            writer.beginObject()
            writer.member("revision", view.revision.description)
            writer.member("from", from.name)
            writer.member("to", to.name)
            writer.key("microservices")
            write(difference.microservices, difference.microserviceTotals, to: &writer)
            writer.key("instances")
            write(difference.instances, difference.instanceTotals, to: &writer)
            writer.endObject()
        }
    }

    /// Away from the event loops, one after the other.
    private func found(
        in tables: RegistryTables, from: SourceID, to: SourceID, limit: Int
    ) -> SourceDifference {
        SourceDifference(in: tables, from: from, to: to, limit: limit)
    }

    private static func source(
        _ name: String, _ request: Request, _ view: RegistryView
    ) throws(ServiceCenterError) -> SourceID {
        let source = SourceID(request.query(name))
        try view.checkName(of: source, "parameter \(name) must name a source")
        return source
    }

    private static func write(
        _ entries: [SourceDifference.Entry], _ totals: [SourceDifference.Kind: Int], to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.key("totals")
        writer.beginObject()
        for kind in SourceDifference.Kind.allCases {
            writer.key(kind.rawValue)
            writer.integer(totals[kind] ?? 0)
        }
        writer.endObject()
        for kind in SourceDifference.Kind.allCases {
            writer.key(kind.rawValue)
            writer.beginArray()
            for entry in entries where entry.kind == kind { write(entry, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
    }

    private static func write(_ entry: SourceDifference.Entry, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("microservice")
        writer.key(object: entry.microservice)
        writer.member("instanceId", ifPresent: entry.instance?.text ?? "")
        if let word = entry.from {
            writer.key("from")
            write(word, of: entry, to: &writer)
        }
        if let word = entry.to {
            writer.key("to")
            write(word, of: entry, to: &writer)
        }
        writer.endObject()
    }

    /// The body only where there are two to compare.
    private static func write(
        _ word: SourceDifference.Word, of entry: SourceDifference.Entry, to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("serviceId", word.service.text)
        if entry.kind == .different {
            writer.key("body")
            writer.raw(word.body)
        }
        writer.endObject()
    }
}
