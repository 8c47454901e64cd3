package import Registry

/// `{"instances":[{"serviceId":…,"instanceId":…}]}`: instances that are alive.
package struct HeartbeatSet: Sendable, Equatable {
    package var instances: [InstanceRef]

    package init(_ instances: [InstanceRef]) { self.instances = instances }

    /// Reads the body of a request in a tenant.
    package init(request body: [UInt8], in tenant: Tenant) throws(ServiceCenterError) {
        do throws(JSONError) {
            instances = try JSONReader.read(body) { reader throws(JSONError) in
                var refs: [InstanceRef] = []
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    guard reader.equals(key, "instances"), try reader.peek() != .null else {
                        try reader.skip()
                        continue
                    }
                    try reader.beginArray()
                    while try reader.nextElement() { refs.append(try HeartbeatSet.instance(&reader, in: tenant)) }
                }
                return refs
            }
        } catch {
            throw ServiceCenterError(.invalidParameters, "Request format invalid.")
        }
    }

    /// The body of a request.
    package var body: [UInt8] {
        var writer = JSONWriter(reserving: 120 * instances.count + 20)
        writer.beginObject()
        writer.key("instances")
        writer.beginArray()
        for instance in instances {
            writer.beginObject()
            writer.member("serviceId", instance.service.id.text)
            writer.member("instanceId", instance.id.text)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
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
