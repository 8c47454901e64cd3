package import Registry

/// A consumer and the providers that it declares:
/// `{"dependencies":[{"consumer":{appId, serviceName, version, environment},"providers":[…]}]}`.
package struct DependencyRecord: Sendable {
    package var consumer: MicroserviceKey
    package var providers: [ProviderRule] = []

    private var hasConsumer = false

    /// Reads the body of a declaration; keys are in this tenant.
    package static func list(request body: [UInt8], in tenant: Tenant) throws(ServiceCenterError) -> [DependencyRecord]
    {
        var records: [DependencyRecord] = []
        try RequestBody.members(body) { reader, key throws(JSONError) in
            guard reader.equals(key, "dependencies") else {
                try reader.skip()
                return
            }
            records = try reader.list { reader throws(JSONError) in try DependencyRecord(from: &reader, tenant) }
        }
        return records
    }

    /// Refuses what service-center refuses of a declaration that says all (`isWhole`), or of one that adds.
    package static func validate(_ records: [DependencyRecord], isWhole: Bool) throws(ServiceCenterError) {
        let request = isWhole ? "CreateDependenciesRequest" : "AddDependenciesRequest"
        let names = records.map(\.consumer.name.name).joined(separator: " ")
        try FieldRule.dependencies.check(count: records.count, "[\(names)]", "\(request).Dependencies")
        for record in records {
            try FieldRule.require(record.hasConsumer, "ConsumerDependency.Consumer")
            try record.checkConsumer()
            if !isWhole {
                try FieldRule.providers.check(count: record.providers.count, "[]", "ConsumerDependency.Providers")
            }
            for provider in record.providers { try provider.check() }
        }
        for record in records { try record.checkProviders() }
    }

    private func checkConsumer() throws(ServiceCenterError) {
        try FieldRule.application.check(consumer.name.application, "MicroServiceKey.AppId")
        try FieldRule.serviceName.check(consumer.name.name, "MicroServiceKey.ServiceName")
        try FieldRule.consumerVersion.check(consumer.version, "MicroServiceKey.Version")
        try FieldRule.environment.check(consumer.name.environment, "MicroServiceKey.Environment")
    }

    /// Refuses providers without a version and such as are named twice; what stands behind everything is not looked at.
    private func checkProviders() throws(ServiceCenterError) {
        var names: Set<MicroserviceName> = []
        for provider in providers {
            guard !provider.isEverything else { return }
            guard !provider.version.isEmpty else {
                throw ServiceCenterError(.invalidParameters, "Required provider version")
            }
            guard names.insert(provider.name).inserted else {
                throw ServiceCenterError(
                    .invalidParameters,
                    "Invalid request body for provider info."
                        + "Duplicate provider or (serviceName and appId is same).")
            }
        }
    }

    /// The entry's value, as a dump has it.
    package var body: [UInt8] { providers.body }

    private init(from reader: inout JSONReader, _ tenant: Tenant) throws(JSONError) {
        consumer = MicroserviceKey(
            name: MicroserviceName(tenant: tenant, environment: "", application: "", name: ""), version: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.null() { continue }
            if reader.equals(key, "consumer") {
                let rule = try reader.providerRule(tenant: tenant)
                hasConsumer = true
                consumer = MicroserviceKey(name: rule.name, version: rule.version)
            } else if reader.equals(key, "providers") {
                try reader.beginArray()
                while try reader.nextElement() { providers.append(try reader.providerRule(tenant: tenant)) }
            } else {
                try reader.skip()
            }
        }
        // A provider without an application or environment stands in the consumer's own.
        for index in providers.indices {
            // Who declares it says so at first hand.
            providers[index].path = ""
            if providers[index].name.application.isEmpty, !providers[index].isEverything {
                providers[index].name.application = consumer.name.application
            }
            if providers[index].name.environment.isEmpty {
                providers[index].name.environment = consumer.name.environment
            }
        }
    }
}

extension DependencyRule {
    /// A rule that is made here, with the body that a dump would have.
    package convenience init(consumer: MicroserviceKey, providers: [ProviderRule], upstreamRevision: Int64) {
        self.init(
            consumer: consumer, providers: providers, body: providers.body, upstreamRevision: upstreamRevision)
    }
}

extension [ProviderRule] {
    fileprivate var body: [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writer.key("Dependency")
        writer.beginArray()
        for provider in self {
            let key = MicroserviceKey(name: provider.name, version: provider.version)
            writer.key(object: key, alias: provider.alias)
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}

extension ProviderRule {
    fileprivate func check() throws(ServiceCenterError) {
        try FieldRule.applicationOfRecord.check(name.application, "MicroServiceKey.AppId")
        try FieldRule.providerName.check(name.name, "MicroServiceKey.ServiceName")
        try FieldRule.providerVersion.check(version, "MicroServiceKey.Version")
        try FieldRule.environment.check(name.environment, "MicroServiceKey.Environment")
    }
}
