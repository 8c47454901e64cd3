/// A consumer's declared interest in providers.
package struct ProviderRule: Hashable, Sendable {
    /// The provider; its name `*` means every microservice of the tenant and environment.
    package var name: MicroserviceName
    /// The versions that are meant, as written (`latest`, `1.0+`, `1.0-2.0`, `1.0.0`).
    package var version: String
    /// What the consumer knows of the provider's alias. It says nothing about who is meant: rules that differ in it, or
    /// in their path, are equal.
    package var alias: String
    /// The processes of Mainstem through which the rule came, the nearest first, joined by commas; empty for one that
    /// came from a service-center, or is our own.
    package var path: String

    package init(name: MicroserviceName, version: String, alias: String = "", path: String = "") {
        self.name = name
        self.version = version
        self.alias = alias
        self.path = path
    }

    package static func == (left: ProviderRule, right: ProviderRule) -> Bool {
        left.name == right.name && left.version == right.version
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(version)
    }

    /// Whether the rule stands for everything in its tenant and environment.
    package var isEverything: Bool { name.name == "*" }
}

/// What one source says of one consumer's providers.
package final class DependencyRule: Sendable {
    package let consumer: MicroserviceKey
    package let providers: [ProviderRule]
    /// Its JSON value as the source wrote it.
    package let body: [UInt8]
    package let upstreamRevision: Int64

    package init(consumer: MicroserviceKey, providers: [ProviderRule], body: [UInt8], upstreamRevision: Int64) {
        self.consumer = consumer
        self.providers = providers
        self.body = body
        self.upstreamRevision = upstreamRevision
    }
}
