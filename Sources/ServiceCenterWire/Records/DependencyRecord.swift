package import Registry

/// A consumer and the providers that it declares:
/// `{"dependencies":[{"consumer":{appId, serviceName, version, environment},"providers":[…]}]}`.
package struct DependencyRecord: Sendable {
    package var consumer: MicroserviceKey
    package var providers: [ProviderRule] = []

    /// Reads the body of a declaration; keys are in this tenant.
    package static func list(request body: [UInt8], in tenant: Tenant) throws(ServiceCenterError) -> [DependencyRecord]
    {
        guard !body.isEmpty else { throw ServiceCenterError(.invalidParameters, "Request body is empty") }
        do throws(JSONError) {
            return try JSONReader.read(body) { reader throws(JSONError) in
                var records: [DependencyRecord] = []
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    guard reader.equals(key, "dependencies") else {
                        try reader.skip()
                        continue
                    }
                    try reader.beginArray()
                    while try reader.nextElement() { records.append(try DependencyRecord(from: &reader, tenant)) }
                }
                return records
            }
        } catch {
            throw ServiceCenterError(.invalidParameters, error.description)
        }
    }

    /// Refuses what service-center refuses.
    package func validate() throws(ServiceCenterError) {
        try FieldRule.application.check(consumer.name.application, "MicroServiceKey.AppId")
        try FieldRule.serviceName.check(consumer.name.name, "MicroServiceKey.ServiceName")
        try FieldRule.version.check(consumer.version, "MicroServiceKey.Version")
        for provider in providers {
            try FieldRule.applicationOfRecord.check(provider.name.application, "MicroServiceKey.AppId")
            try FieldRule.providerName.check(provider.name.name, "MicroServiceKey.ServiceName")
            guard provider.isEverything, provider.version.isEmpty else {
                try FieldRule.versionRule.check(provider.version, "MicroServiceKey.Version")
                continue
            }
        }
    }

    /// The entry's value, as a dump has it.
    package var body: [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writer.key("Dependency")
        writer.beginArray()
        for provider in providers {
            writer.key(object: MicroserviceKey(name: provider.name, version: provider.version))
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private init(from reader: inout JSONReader, _ tenant: Tenant) throws(JSONError) {
        consumer = MicroserviceKey(
            name: MicroserviceName(tenant: tenant, environment: "", application: "", name: ""), version: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.null() { continue }
            if reader.equals(key, "consumer") {
                let rule = try reader.providerRule(tenant: tenant)
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
            if providers[index].name.application.isEmpty, !providers[index].isEverything {
                providers[index].name.application = consumer.name.application
            }
            if providers[index].name.environment.isEmpty {
                providers[index].name.environment = consumer.name.environment
            }
        }
    }
}
