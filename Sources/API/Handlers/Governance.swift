import Registry
import ServiceCenterWire

/// What the web front ends and command-line tools ask: everything about microservices at once.
/// Rules: service-center's `govern` service, and the recorded reads.
enum Governance {
    /// `GET …/govern/microservices?options=&appId=&serviceName=&withShared=&countOnly=`; the texts of schemas are read
    /// from their sources, everything else is in memory.
    static let list = Route.Handler.either(
        { request, _ in (try? DetailOptions(request))?.hasSchemas ?? false },
        remote: .remote { (request, services) async throws(ServiceCenterError) in
            let options = try DetailOptions(request)
            let view = services.view
            let schemas = await SchemaTexts(of: wanted(request, options, view), services)
            return list(request, options, view, schemas)
        },
        otherwise: .read { (request, services) throws(ServiceCenterError) in
            list(request, try DetailOptions(request), services.view, SchemaTexts()).kept()
        })

    private static func wanted(
        _ request: Request, _ options: DetailOptions, _ view: RegistryView
    ) -> [MergedMicroservice] {
        view.microservices(of: request).filter { options.wants($0.key) }
    }

    private static func list(
        _ request: Request, _ options: DetailOptions, _ view: RegistryView, _ schemas: SchemaTexts
    ) -> Response {
        let details = MicroserviceDetails(view, options, schemas)
        return .json(reserving: 64 << 10) { writer in
            writer.beginObject()
            if !options.isStatisticsOnly {
                let wanted = wanted(request, options, view)
                if !wanted.isEmpty {
                    writer.key("allServicesDetail")
                    writer.beginArray()
                    for merged in wanted { details.write(merged, to: &writer) }
                    writer.endArray()
                }
            }
            if options.hasStatistics {
                RegistryStatistics(view, request, withShared: options.withShared).write(to: &writer)
            }
            writer.endObject()
        }
    }

    /// `GET …/govern/microservices/:serviceId`: always with everything.
    static let one = Route.Handler.either(
        { request, services in
            let merged = try? request.microservice(services.view, "GetServiceRequest")
            return merged.map { !Schemas.schemaNames(of: $0).isEmpty } ?? false
        },
        remote: .remote { (request, services) async throws(ServiceCenterError) in
            let view = services.view
            let merged = try request.microservice(view, "GetServiceRequest")
            return one(merged, view, await SchemaTexts(of: [merged], services))
        },
        otherwise: .read { (request, services) throws(ServiceCenterError) in
            let view = services.view
            return one(try request.microservice(view, "GetServiceRequest"), view, SchemaTexts()).kept()
        })

    private static func one(
        _ merged: MergedMicroservice, _ view: RegistryView, _ schemas: SchemaTexts
    ) -> Response {
        let versions = view.tables.versions(of: merged.key.name)
        return .json { writer in
            writer.beginObject()
            writer.key("service")
            MicroserviceDetails(view, .everything, schemas).write(merged, versions: versions, to: &writer)
            writer.endObject()
        }
    }

    /// `GET …/govern/relations`: the graph of who depends on whom.
    @Sendable static func relations(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let view = services.view
        let graph = DependencyGraph(view.tables)
        let nodes = view.microservices(of: request).filter { request.flag("withShared") || !$0.key.name.isShared }
        return .json(reserving: 16 << 10) { writer in
            writer.beginObject()
            writer.key("nodes")
            writer.beginArray()
            for node in nodes { writer.node(node, named: true) }
            writer.endArray()
            writer.key("lines")
            writer.beginArray()
            for node in nodes {
                for provider in graph.providers(of: node.key) where provider != node.key {
                    guard provider.tenant == node.key.tenant, let to = view.tables.microservice(provider) else {
                        continue
                    }
                    writer.line(from: node, to: to)
                }
            }
            writer.endArray()
            writer.key("circles")
            writer.raw("null".utf8)
            writer.endObject()
        }.kept()
    }

    /// `GET …/govern/apps?env=&withShared=`
    @Sendable static func applications(
        _ request: Request, _ services: Services
    ) throws(ServiceCenterError) -> Response {
        let environment = request.query("env")
        try FieldRule.environment.check(environment, "GetAppsRequest.Environment")
        let names = services.view.microservices(of: request).map(\.key.name)
            .filter { $0.environment == environment && (request.flag("withShared") || !$0.isShared) }
        return .json { writer in
            writer.beginObject()
            if !names.isEmpty {
                writer.key("appIds")
                writer.strings(Set(names.map(\.application)).sorted())
            }
            writer.endObject()
        }.kept()
    }

    /// `GET …/govern/statistics?withShared=`: as later servers have it.
    @Sendable static func statistics(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        .json { writer in
            writer.beginObject()
            RegistryStatistics(services.view, request, withShared: request.flag("withShared")).write(to: &writer)
            writer.endObject()
        }.kept()
    }
}

extension JSONWriter {
    fileprivate mutating func node(_ merged: MergedMicroservice, named isNamed: Bool) {
        beginObject()
        member("id", merged.canonicalID.text)
        member("name", merged.key.name.name)
        member("appId", isNamed ? merged.key.name.application : "")
        member("version", isNamed ? merged.key.version : "")
        member("type", "")
        member("color", "")
        member("position", "")
        endObject()
    }

    fileprivate mutating func line(from consumer: MergedMicroservice, to provider: MergedMicroservice) {
        beginObject()
        key("from")
        node(consumer, named: true)
        key("to")
        node(provider, named: false)
        member("type", "")
        member("color", "")
        member("descriptor", "")
        endObject()
    }
}

extension RegistryView {
    /// The microservices of the request's tenant; linear in all.
    func microservices(of request: Request) -> [MergedMicroservice] {
        let tenant = request.tenant
        var found: [MergedMicroservice] = []
        tables.forEachMicroservice { if $0.key.tenant == tenant { found.append($0) } }
        return found
    }
}
