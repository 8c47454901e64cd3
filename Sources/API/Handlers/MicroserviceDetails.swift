import Registry
import ServiceCenterWire

/// What is to be told of each microservice.
struct DetailOptions {
    private(set) var withShared = true
    private(set) var countOnly = false
    private(set) var options: Set<String>
    private var application = ""
    private var name = ""

    /// All of it, as for one microservice.
    static let everything = DetailOptions(options: ["tags", "rules", "instances", "schemas", "dependencies"])

    private init(options: Set<String>) { self.options = options }

    /// Reads the query; `all` stands for every option.
    init(_ request: Request) throws(ServiceCenterError) {
        options = Set(request.query("options").split(separator: ",").map(String.init))
        if options.contains("all") { options = DetailOptions.everything.options.union(["statistics"]) }
        let count = request.query("countOnly")
        guard ["", "0", "1"].contains(count) else {
            throw ServiceCenterError(.invalidParameters, "parameter countOnly must be 1 or 0")
        }
        countOnly = count == "1"
        withShared = request.flag("withShared")
        application = request.query("appId")
        name = request.query("serviceName")
    }

    var hasStatistics: Bool { options.contains("statistics") }
    var hasSchemas: Bool { options.contains("schemas") }
    var isStatisticsOnly: Bool { options == ["statistics"] }

    /// Whether a microservice is asked for; a name alone, without an application, means nothing.
    func wants(_ key: MicroserviceKey) -> Bool {
        if !withShared, key.name.isShared { return false }
        guard !application.isEmpty else { return true }
        return key.name.application == application && (name.isEmpty || key.name.name == name)
    }
}

/// Writes everything that is asked about microservices. The consumers of all are gathered once.
struct MicroserviceDetails {
    private let view: RegistryView
    private let options: DetailOptions
    private let graph: DependencyGraph
    private let consumers: [MicroserviceKey: [MicroserviceKey]]
    private let schemas: SchemaTexts

    init(_ view: RegistryView, _ options: DetailOptions, _ schemas: SchemaTexts) {
        self.view = view
        self.options = options
        self.schemas = schemas
        graph = DependencyGraph(view.tables)
        consumers = options.options.contains("dependencies") ? graph.consumersByProvider() : [:]
    }

    /// One microservice; `versions` are those of its name, when they are asked for.
    func write(_ merged: MergedMicroservice, versions: [String] = [], to writer: inout JSONWriter) {
        let asked = options.options
        writer.beginObject()
        writer.key("microService")
        writer.raw(merged.canonical.body)
        if asked.contains("instances"), !options.countOnly { writeInstances(of: merged, to: &writer) }
        if asked.contains("schemas") { schemas.write(merged, to: &writer) }
        if asked.contains("rules") { writer.rules(of: merged) }
        if asked.contains("dependencies") {
            let isOther = { (key: MicroserviceKey) in key != merged.key && key.tenant == merged.key.tenant }
            writer.microservices("providers", graph.providers(of: merged.key).filter(isOther), view)
            writer.microservices("consumers", (consumers[merged.key] ?? []).filter(isOther), view)
        }
        if asked.contains("tags") { writer.member("tags", ifPresent: merged.tags) }
        if !versions.isEmpty {
            writer.key("microServiceVersions")
            writer.strings(versions)
        }
        if options.countOnly { writeCount(of: merged, to: &writer) }
        writer.endObject()
    }

    private func writeInstances(of merged: MergedMicroservice, to writer: inout JSONWriter) {
        guard !merged.instances.isEmpty else { return }
        writer.key("instances")
        writer.beginArray()
        for instance in merged.instances { writer.instance(instance.visible, of: merged) }
        writer.endArray()
    }

    private func writeCount(of merged: MergedMicroservice, to writer: inout JSONWriter) {
        writer.key("statics")
        writer.beginObject()
        if options.options.contains("instances") {
            writer.key("instances")
            writer.beginObject()
            if !merged.instances.isEmpty { writer.member("count", merged.instances.count) }
            writer.endObject()
        }
        writer.endObject()
    }
}
