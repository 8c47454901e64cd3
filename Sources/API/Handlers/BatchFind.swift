import Registry
import ServiceCenterWire

/// `POST …/registry/instances/action?type=query`: many finds in one request, each with the revision that the client
/// has.
enum BatchFind {
    @Sendable static func ask(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        guard request.query("type") == "query" else {
            throw ServiceCenterError(.invalidParameters, "Invalid action: \(request.query("type"))")
        }
        let questions = try BatchQuestions(request.body)
        guard !questions.providers.isEmpty || !questions.instances.isEmpty else {
            throw ServiceCenterError(.invalidParameters, "Required services or instances")
        }
        var queries: [InstanceQuery] = []
        for asked in questions.providers {
            try FieldRule.require(asked.isThere, "FindService.Service")
            queries.append(
                try InstanceQuery(
                    consumer: request.consumer, tenant: request.tenant, environment: asked.environment,
                    application: asked.application, name: asked.name, asWritten: asked.version,
                    isInBatch: true))
        }
        for asked in questions.instances {
            try FieldRule.require(asked.isThere, "FindInstance.Instance")
            try FieldRule.serviceID.check(asked.service.text, "HeartbeatSetElement.ServiceId")
            try FieldRule.instanceID.check(asked.instance.text, "HeartbeatSetElement.InstanceId")
        }
        var providers = BatchAnswer()
        for (index, query) in queries.enumerated() {
            providers.take(index, revision: questions.providers[index].revision) { () throws(ServiceCenterError) in
                let found = try query.resolve(request, services)
                return (
                    found.revision, found.providers.map { BodyKey.Provider($0) },
                    found.providers.map { ($0, $0.instances) }
                )
            }
        }
        var instances = BatchAnswer()
        for (index, asked) in questions.instances.enumerated() {
            instances.take(index, revision: asked.revision) { () throws(ServiceCenterError) in
                let question = try ProviderQuestion(
                    consumer: request.consumer, provider: asked.service, tenant: request.tenant, request, services)
                let instance = try question.instance(asked.instance)
                let revision = ContentRevision(of: instance, servedUnder: question.provider.canonicalID)
                return (revision, [BodyKey.Provider(question.provider)], [(question.provider, [instance])])
            }
        }
        let parts = providers.parts(areInstances: false) + instances.parts(areInstances: true)
        return Response.json(.batch(parts)) { [providers, instances] writer in
            writer.beginObject()
            if !providers.isEmpty { providers.write("services", to: &writer) }
            if !instances.isEmpty { instances.write("instances", to: &writer) }
            writer.endObject()
        }.kept()
    }
}

/// What a batch found: what is new to the client, what it has already, and what was refused, by code.
private struct BatchAnswer: Sendable {
    typealias Found = [(MergedMicroservice, [MergedInstance])]

    private var updated: [(index: Int, revision: ContentRevision, providers: [BodyKey.Provider], found: Found)] = []
    private var notModified: [Int] = []
    private var failed: [(error: ServiceCenterError, indexes: [Int])] = []

    /// Whether nothing was asked.
    var isEmpty: Bool { updated.isEmpty && notModified.isEmpty && failed.isEmpty }

    mutating func take(
        _ index: Int, revision: String,
        _ find: () throws(ServiceCenterError) -> (ContentRevision, [BodyKey.Provider], Found)
    ) {
        do throws(ServiceCenterError) {
            let (current, providers, found) = try find()
            if current.description == revision {
                notModified.append(index)
            } else {
                updated.append((index, current, providers, found))
            }
        } catch {
            // Refusals of one code are told together, with the words of the first.
            if let known = failed.firstIndex(where: { $0.error.code == error.code }) {
                failed[known].indexes.append(index)
            } else {
                failed.append((error, [index]))
            }
        }
    }

    /// What decides on the bytes that `write` gives.
    func parts(areInstances: Bool) -> [BodyKey.BatchPart] {
        var parts: [BodyKey.BatchPart] = []
        for (error, indexes) in failed {
            parts += indexes.map {
                .failed(isInstance: areInstances, index: $0, code: error.code.rawValue, detail: error.detail)
            }
        }
        parts += notModified.map { .notModified(isInstance: areInstances, index: $0) }
        parts += updated.map { .updated(isInstance: areInstances, index: $0.index, $0.providers, $0.revision) }
        return parts
    }

    func write(_ name: StaticString, to writer: inout JSONWriter) {
        writer.key(name)
        writer.beginObject()
        if !failed.isEmpty { writeFailed(to: &writer) }
        if !notModified.isEmpty {
            writer.key("notModified")
            writer.integers(notModified)
        }
        if !updated.isEmpty { writeUpdated(to: &writer) }
        writer.endObject()
    }

    private func writeFailed(to writer: inout JSONWriter) {
        writer.key("failed")
        writer.beginArray()
        for (error, indexes) in failed {
            writer.beginObject()
            writer.key("indexes")
            writer.integers(indexes)
            writer.key("error")
            writer.raw(error.body.dropLast())
            writer.endObject()
        }
        writer.endArray()
    }

    private func writeUpdated(to writer: inout JSONWriter) {
        writer.key("updated")
        writer.beginArray()
        for (index, revision, _, found) in updated {
            writer.beginObject()
            writer.member("index", index)
            writer.member("rev", revision.description)
            writer.key("instances")
            writer.beginArray()
            for (merged, instances) in found {
                for instance in instances { writer.instance(instance.visible, of: merged) }
            }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
    }
}
