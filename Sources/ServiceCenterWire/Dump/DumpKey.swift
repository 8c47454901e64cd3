package import Registry

/// The keys under which service-center keeps its entries in etcd, and by which a dump names them.
/// Rule: service-center `core/key_generator.go`.
package enum DumpKey {
    package static func service(_ ref: ServiceRef) -> String { "/cse-sr/ms/files/\(ref.tenant)/\(ref.id)" }

    package static func index(_ key: MicroserviceKey) -> String {
        "/cse-sr/ms/indexes/\(key.tenant)/\(key)"
    }

    package static func alias(_ key: MicroserviceKey, _ alias: String) -> String {
        let name = key.name
        return "/cse-sr/ms/alias/\(key.tenant)/\(name.environment)/\(name.application)/\(alias)/\(key.version)"
    }

    package static func instance(_ ref: InstanceRef) -> String {
        "/cse-sr/inst/files/\(ref.service.tenant)/\(ref.service.id)/\(ref.id)"
    }

    package static func tags(_ ref: ServiceRef) -> String { "/cse-sr/ms/tags/\(ref.tenant)/\(ref.id)" }

    package static func rule(_ ref: ServiceRef, _ ruleID: String) -> String {
        "/cse-sr/ms/rules/\(ref.tenant)/\(ref.id)/\(ruleID)"
    }

    package static func ruleIndex(_ ref: ServiceRef, _ rule: AccessRule) -> String {
        "/cse-sr/ms/rule-indexes/\(ref.tenant)/\(ref.id)/\(rule.attribute)/\(rule.pattern)"
    }

    package static func summary(_ ref: ServiceRef, _ schemaID: String) -> String {
        "/cse-sr/ms/schema-sum/\(ref.tenant)/\(ref.id)/\(schemaID)"
    }

    /// A schema's text, which no dump has.
    package static func schema(_ ref: ServiceRef, _ schemaID: String) -> String {
        "/cse-sr/ms/schemas/\(ref.tenant)/\(ref.id)/\(schemaID)"
    }

    /// A consumer's rule; the version is the consumer's own.
    package static func dependency(ofConsumer key: MicroserviceKey) -> String {
        "/cse-sr/ms/dep-rules/\(key.tenant)/c/\(key)"
    }

    /// A provider's rule, which repeats the consumers' ones; the version is a version rule. One that stands for
    /// everything ends with its name.
    package static func dependency(ofProvider rule: ProviderRule) -> String {
        let root = "/cse-sr/ms/dep-rules/\(rule.name.tenant)/p"
        guard !rule.isEverything else { return "\(root)/\(rule.name.environment)/*" }
        return "\(root)/\(MicroserviceKey(name: rule.name, version: rule.version))"
    }
}
