import Registry
import ServiceCenterWire

/// Bodies of requests that are no record.
enum Requests {
    /// `{"properties":{…}}`
    static func properties(_ body: [UInt8]) throws(ServiceCenterError) -> [String: String] {
        try map("properties", body)
    }

    /// `{NAME:{…}}` with texts as values.
    static func map(_ name: StaticString, _ body: [UInt8]) throws(ServiceCenterError) -> [String: String] {
        guard !body.isEmpty else { throw ServiceCenterError(.invalidParameters, "Request body is empty") }
        do throws(JSONError) {
            return try JSONReader.read(body) { reader throws(JSONError) in
                var properties: [String: String] = [:]
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    guard reader.equals(key, name) else {
                        try reader.skip()
                        continue
                    }
                    properties = try reader.stringMap()
                }
                return properties
            }
        } catch {
            throw ServiceCenterError(.invalidParameters, error.description)
        }
    }

    /// `{"instances":[{"serviceId":…,"instanceId":…}]}`
    static func instances(_ body: [UInt8], in tenant: Tenant) throws(ServiceCenterError) -> [InstanceRef] {
        do throws(JSONError) {
            return try JSONReader.read(body) { reader throws(JSONError) in
                var refs: [InstanceRef] = []
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    guard reader.equals(key, "instances") else {
                        try reader.skip()
                        continue
                    }
                    try reader.beginArray()
                    while try reader.nextElement() { refs.append(try instance(&reader, in: tenant)) }
                }
                return refs
            }
        } catch {
            throw ServiceCenterError(.invalidParameters, "Request format invalid.")
        }
    }

    private static func instance(
        _ reader: inout JSONReader, in tenant: Tenant
    ) throws(JSONError) -> InstanceRef {
        var (service, instance) = ("", "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.equals(key, "serviceId") {
                service = try reader.string()
            } else if reader.equals(key, "instanceId") {
                instance = try reader.string()
            } else {
                try reader.skip()
            }
        }
        return InstanceRef(service: ServiceRef(tenant: tenant, id: ServiceID(service)), id: InstanceID(instance))
    }
}
