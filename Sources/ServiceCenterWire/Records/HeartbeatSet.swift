package import Registry

/// `{"instances":[{"serviceId":…,"instanceId":…}]}`: instances that are alive.
package struct HeartbeatSet: Sendable, Equatable {
    package var instances: [InstanceRef]

    package init(_ instances: [InstanceRef]) { self.instances = instances }

    /// Reads the body of a request in a tenant.
    package init(request body: [UInt8], in tenant: Tenant) throws(ServiceCenterError) {
        var refs: [InstanceRef] = []
        try RequestBody.members(body, refusal: "Unmarshal error") { reader, key throws(JSONError) in
            guard reader.equals(key, "instances") else {
                try reader.skip()
                return
            }
            refs = try reader.list { reader throws(JSONError) in
                let (service, instance) = try reader.instanceIDs()
                return InstanceRef(service: ServiceRef(tenant: tenant, id: service), id: instance)
            }
        }
        instances = refs
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
}
