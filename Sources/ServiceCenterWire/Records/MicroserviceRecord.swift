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
    package var paths: [Path] = []
    package var framework: Framework?
    package var loadBalancing: [String: String] = [:]
    /// `providers`, kept as it was written.
    package var providers: [UInt8] = []

    package struct Path: Sendable, Equatable {
        package var path = ""
        package var properties: [String: String] = [:]
    }

    package struct Framework: Sendable, Equatable {
        package var name = ""
        package var version = ""
    }

    package init() {}

    /// Reads `{"service":{…}}`, the body of a registration.
    package init(request body: [UInt8]) throws(ServiceCenterError) {
        self = try MicroserviceRegistration(request: body).microservice
    }

    /// Reads the JSON object that a registry keeps.
    package init(kept body: [UInt8]) throws(JSONError) {
        self = try JSONReader.read(body) { reader throws(JSONError) in try MicroserviceRecord(from: &reader) }
    }

    init(from reader: inout JSONReader) throws(JSONError) {
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
            case "paths": paths = try reader.list { reader throws(JSONError) in try Path(from: &reader) }
            case "framework": framework = try Framework(from: &reader)
            case "LBStrategy": loadBalancing = try reader.stringMap()
            case "providers": providers = Array(reader.bytes[try reader.skip()])
            default: try reader.skip()
            }
        }
    }

    /// Refuses what service-center refuses.
    package func validate() throws(ServiceCenterError) {
        try FieldRule.chosenServiceID.check(id, "MicroService.ServiceId")
        try FieldRule.applicationOfRecord.check(application, "MicroService.AppId")
        try FieldRule.serviceName.check(name, "MicroService.ServiceName")
        try FieldRule.version.check(version, "MicroService.Version")
        try FieldRule.description.check(description, "MicroService.Description")
        try FieldRule.level.check(level, "MicroService.Level")
        try FieldRule.schemaIDs.check(all: schemas, "MicroService.Schemas")
        for path in paths { try FieldRule.path.check(path.path, "ServicePath.Path") }
        try FieldRule.statusOfRecord.check(status, "MicroService.Status")
        try FieldRule.alias.check(alias, "MicroService.Alias")
        try FieldRule.environment.check(environment, "MicroService.Environment")
        try FieldRule.registerBy.check(registerBy, "MicroService.RegisterBy")
        guard let framework else { return }
        try FieldRule.frameworkName.check(framework.name, "FrameWorkProperty.Name")
        try FieldRule.frameworkVersion.check(framework.version, "FrameWorkProperty.Version")
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
            writer.beginArray()
            for path in paths { path.write(to: &writer) }
            writer.endArray()
        }
        writer.member("status", ifPresent: status)
        writer.member("properties", ifPresent: properties)
        writer.member("timestamp", ifPresent: timestamp)
        if !providers.isEmpty {
            writer.key("providers")
            writer.raw(providers)
        }
        writer.member("alias", ifPresent: alias)
        writer.member("LBStrategy", ifPresent: loadBalancing)
        writer.member("modTimestamp", ifPresent: modTimestamp)
        writer.member("environment", ifPresent: environment)
        writer.member("registerBy", ifPresent: registerBy)
        framework?.write(to: &writer)
        writer.endObject()
        return writer.bytes
    }
}

extension MicroserviceRecord.Path {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.members { reader, key throws(JSONError) in
            switch reader.string(key) {
            case "path": path = try reader.string()
            case "property": properties = try reader.stringMap()
            default: try reader.skip()
            }
        }
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("path", ifPresent: path)
        writer.member("property", ifPresent: properties)
        writer.endObject()
    }
}

extension MicroserviceRecord.Framework {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.members { reader, key throws(JSONError) in
            switch reader.string(key) {
            case "name": name = try reader.string()
            case "version": version = try reader.string()
            default: try reader.skip()
            }
        }
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.key("framework")
        writer.beginObject()
        writer.member("name", ifPresent: name)
        writer.member("version", ifPresent: version)
        writer.endObject()
    }
}
