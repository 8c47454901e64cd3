package import Registry

/// A microservice as a client registers it and a registry keeps it.
package struct MicroserviceRecord: Sendable, Equatable {
    package var id = ""
    package var application = ""
    package var name = ""
    package var version = ""
    package var description = ""
    package var level = ""
    package var schemas: [String] = []
    package var status = ""
    package var properties: [String: String] = [:]
    package var timestamp = ""
    package var alias = ""
    package var modTimestamp = ""
    package var environment = ""
    package var registerBy = ""
    /// `paths` and `framework`, kept as they were written.
    package var paths: [UInt8] = []
    package var framework: [UInt8] = []

    package init() {}

    /// Reads `{"service":{…}}`, the body of a registration.
    package init(request body: [UInt8]) throws(ServiceCenterError) {
        guard !body.isEmpty else { throw ServiceCenterError(.invalidParameters, "Request body is empty") }
        do throws(JSONError) {
            let record = try JSONReader.read(body) { reader throws(JSONError) in
                var record: MicroserviceRecord?
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    guard reader.equals(key, "service"), try reader.peek() != .null else {
                        try reader.skip()
                        continue
                    }
                    record = try MicroserviceRecord(from: &reader)
                }
                return record
            }
            if let record {
                self = record
                // The registry's own to say.
                (timestamp, modTimestamp) = ("", "")
                return
            }
        } catch {
            throw ServiceCenterError(.invalidParameters, error.description)
        }
        throw ServiceCenterError(.invalidParameters, "Request body is empty")
    }

    /// Reads the JSON object that a registry keeps.
    package init(kept body: [UInt8]) throws(JSONError) {
        self = try JSONReader.read(body) { reader throws(JSONError) in try MicroserviceRecord(from: &reader) }
    }

    private init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.null() { continue }
            switch reader.string(key) {
            case "serviceId": id = try reader.string()
            case "appId": application = try reader.string()
            case "serviceName": name = try reader.string()
            case "version": version = try reader.string()
            case "description": description = try reader.string()
            case "level": level = try reader.string()
            case "schemas": schemas = try reader.stringList()
            case "status": status = try reader.string()
            case "properties": properties = try reader.stringMap()
            case "timestamp": timestamp = try reader.string()
            case "modTimestamp": modTimestamp = try reader.string()
            case "alias": alias = try reader.string()
            case "environment": environment = try reader.string()
            case "registerBy": registerBy = try reader.string()
            case "paths": paths = Array(reader.bytes[try reader.skip()])
            case "framework": framework = Array(reader.bytes[try reader.skip()])
            default: try reader.skip()
            }
        }
    }

    /// Refuses what service-center refuses.
    package func validate() throws(ServiceCenterError) {
        try FieldRule.chosenServiceID.check(id, "MicroService.ServiceId")
        try FieldRule.environment.check(environment, "MicroService.Environment")
        try FieldRule.applicationOfRecord.check(application, "MicroService.AppId")
        try FieldRule.serviceName.check(name, "MicroService.ServiceName")
        try FieldRule.version.check(version, "MicroService.Version")
        try FieldRule.description.check(description, "MicroService.Description")
        try FieldRule.level.check(level, "MicroService.Level")
        try FieldRule.alias.check(alias, "MicroService.Alias")
    }

    /// Fills in what service-center assumes where a registration says nothing.
    package mutating func applyDefaults() {
        if application.isEmpty { application = "default" }
        if version.isEmpty { version = "0.0.1" }
        if level.isEmpty { level = "BACK" }
        if status.isEmpty { status = "UP" }
    }

    package func key(in tenant: Tenant) -> MicroserviceKey {
        MicroserviceKey(
            name: MicroserviceName(tenant: tenant, environment: environment, application: application, name: name),
            version: version)
    }

    /// The JSON object, its members in service-center's order, empty ones left out.
    package var body: [UInt8] {
        var writer = JSONWriter(reserving: 384)
        writer.beginObject()
        writer.member("serviceId", id)
        writer.member("appId", application)
        writer.member("serviceName", name)
        writer.member("version", version)
        writer.member("description", ifPresent: description)
        writer.member("level", ifPresent: level)
        if !schemas.isEmpty {
            writer.key("schemas")
            writer.strings(schemas)
        }
        if !paths.isEmpty {
            writer.key("paths")
            writer.raw(paths)
        }
        writer.member("status", ifPresent: status)
        writer.member("properties", ifPresent: properties)
        writer.member("timestamp", ifPresent: timestamp)
        writer.member("alias", ifPresent: alias)
        writer.member("modTimestamp", ifPresent: modTimestamp)
        writer.member("environment", ifPresent: environment)
        writer.member("registerBy", ifPresent: registerBy)
        if !framework.isEmpty {
            writer.key("framework")
            writer.raw(framework)
        }
        writer.endObject()
        return writer.bytes
    }
}
