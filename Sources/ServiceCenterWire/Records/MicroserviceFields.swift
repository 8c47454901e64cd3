package import Registry

/// What the registry itself needs to know of a microservice's JSON; everything else stays in the text.
package struct MicroserviceFields {
    package var id = ""
    package var application = ""
    package var name = ""
    package var version = ""
    package var environment = ""
    package var alias = ""
    package var traits = Microservice.Traits()
    package var allowsCrossApplication = false

    /// Reads one microservice object to its end.
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            // Rule: Go reads null as if the member were not there.
            if try reader.null() { continue }
            if reader.equals(key, "serviceId") {
                id = try reader.string()
            } else if reader.equals(key, "appId") {
                application = try reader.string()
            } else if reader.equals(key, "serviceName") {
                name = try reader.string()
            } else if reader.equals(key, "version") {
                version = try reader.string()
            } else if reader.equals(key, "environment") {
                environment = try reader.string()
            } else if reader.equals(key, "alias") {
                alias = try reader.string()
            } else if reader.equals(key, "properties") {
                try readProperties(&reader)
            } else if reader.equals(key, "description") {
                traits.description = try reader.string()
            } else if reader.equals(key, "level") {
                traits.level = try reader.string()
            } else if reader.equals(key, "status") {
                traits.status = try reader.string()
            } else {
                try reader.skip()
            }
        }
        guard !id.isEmpty, !name.isEmpty else { throw reader.error("a microservice without serviceId or serviceName") }
    }

    /// The schemas that a microservice's body names; the body was validated before.
    package static func schemas(in body: [UInt8]) -> [String] {
        let names = try? JSONReader.read(body) { reader throws(JSONError) in
            var names: [String] = []
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if reader.equals(key, "schemas") { names = try reader.stringList() } else { try reader.skip() }
            }
            return names
        }
        return names ?? []
    }

    /// Rule: the property `allowCrossApp` counts when it says true, in any case of letters.
    private mutating func readProperties(_ reader: inout JSONReader) throws(JSONError) {
        guard try !reader.null() else { return }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.equals(key, "allowCrossApp") {
                allowsCrossApplication = try reader.string().lowercased() == "true"
            } else {
                try reader.skip()
            }
        }
    }

    /// The microservice with these fields.
    package func microservice(
        tenant: Tenant, body: [UInt8], upstreamRevision: Int64, origin: String, path: String = ""
    ) -> Microservice {
        let name = MicroserviceName(tenant: tenant, environment: environment, application: application, name: name)
        return Microservice(
            ref: ServiceRef(tenant: tenant, id: ServiceID(id)), key: MicroserviceKey(name: name, version: version),
            alias: alias, traits: traits, allowsCrossApplication: allowsCrossApplication, body: body,
            upstreamRevision: upstreamRevision, origin: origin, path: path)
    }
}
