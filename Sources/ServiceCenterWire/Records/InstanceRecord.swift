package import Registry

/// An instance as a client registers it and a registry keeps it.
package struct InstanceRecord: Sendable, Equatable {
    /// How its health is known. Rule: a lease lasts `interval × (times + 1)` seconds.
    package struct HealthCheck: Sendable, Equatable {
        package var mode = "push"
        package var port: Int64 = 0
        /// Seconds between heartbeats.
        package var interval: Int64 = 30
        /// How many heartbeats may be missed.
        package var times: Int64 = 3
        package var url = ""

        package init() {}

        /// A platform that checks by itself gets service-center's own rhythm, whatever it asked for.
        package mutating func applyPlatformDefaults() {
            if mode == "pull" { (interval, times) = (30, 3) }
        }
    }

    package struct Datacenter: Sendable, Equatable {
        package var name = ""
        package var region = ""
        package var availableZone = ""

        package init(name: String = "", region: String = "", availableZone: String = "") {
            self.name = name
            self.region = region
            self.availableZone = availableZone
        }
    }

    package var id = ""
    package var serviceID = ""
    package var endpoints: [String] = []
    package var hostName = ""
    package var status = ""
    package var properties: [String: String] = [:]
    package var healthCheck: HealthCheck?
    package var timestamp = ""
    package var datacenter: Datacenter?
    package var modTimestamp = ""
    package var version = ""

    package init() {}

    /// Reads `{"instance":{…}}`, the body of a registration.
    package init(request body: [UInt8]) throws(ServiceCenterError) {
        var record: InstanceRecord?
        try RequestBody.members(body, refusal: "Unmarshal error") { reader, key throws(JSONError) in
            guard reader.equals(key, "instance") else {
                try reader.skip()
                return
            }
            record = try InstanceRecord(from: &reader)
        }
        try FieldRule.require(record != nil, "RegisterInstanceRequest.Instance")
        self = record ?? InstanceRecord()
        forgetTimes()
    }

    /// Forgets what only the registry may say.
    mutating func forgetTimes() { (timestamp, modTimestamp, version) = ("", "", "") }

    /// Reads the JSON object that a registry keeps.
    package init(kept body: [UInt8]) throws(JSONError) {
        self = try JSONReader.read(body) { reader throws(JSONError) in try InstanceRecord(from: &reader) }
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.null() { continue }
            switch reader.string(key) {
            case "instanceId": id = try reader.string()
            case "serviceId": serviceID = try reader.string()
            case "endpoints": endpoints = try reader.stringList()
            case "hostName": hostName = try reader.string()
            case "status": status = try reader.string()
            case "properties": properties = try reader.stringMap()
            case "healthCheck": healthCheck = try HealthCheck(from: &reader)
            case "dataCenterInfo": datacenter = try Datacenter(from: &reader)
            case "timestamp": timestamp = try reader.string()
            case "modTimestamp": modTimestamp = try reader.string()
            case "version": version = try reader.string()
            default: try reader.skip()
            }
        }
    }

    /// Refuses what service-center refuses.
    package func validate() throws(ServiceCenterError) {
        try FieldRule.chosenInstanceID.check(id, "MicroServiceInstance.InstanceId")
        try FieldRule.serviceID.check(serviceID, "MicroServiceInstance.ServiceId")
        try FieldRule.endpoint.check(all: endpoints, "MicroServiceInstance.Endpoints")
        try FieldRule.hostName.check(hostName, "MicroServiceInstance.HostName")
        try FieldRule.status.check(status, "MicroServiceInstance.Status")
        try healthCheck?.validate()
        try datacenter?.validate()
    }

    /// How long it lives without a heartbeat.
    package var lease: Duration {
        .seconds((healthCheck ?? HealthCheck()).effectiveLeaseSeconds)
    }

    /// The JSON object, its members in service-center's order, empty ones left out.
    package var body: [UInt8] {
        var writer = JSONWriter(reserving: 640)
        writer.beginObject()
        writer.member("instanceId", id)
        writer.member("serviceId", serviceID)
        if !endpoints.isEmpty {
            writer.key("endpoints")
            writer.strings(endpoints)
        }
        writer.member("hostName", hostName)
        writer.member("status", status)
        writer.member("properties", ifPresent: properties)
        if let healthCheck { healthCheck.write(to: &writer) }
        writer.member("timestamp", ifPresent: timestamp)
        if let datacenter { datacenter.write(to: &writer) }
        writer.member("modTimestamp", ifPresent: modTimestamp)
        writer.member("version", ifPresent: version)
        writer.endObject()
        return writer.bytes
    }

    /// The instance that a source serves for this record.
    package func instance(in tenant: Tenant, upstreamRevision: Int64) -> Instance {
        let body = body
        // The members before the service ID are written by us: `{"instanceId":"…","serviceId":"`.
        var prefix = JSONWriter(reserving: 128)
        prefix.beginObject()
        prefix.member("instanceId", id)
        prefix.key("serviceId")
        let start = prefix.bytes.count + 1
        prefix.string(serviceID)
        let ref = InstanceRef(service: ServiceRef(tenant: tenant, id: ServiceID(serviceID)), id: InstanceID(id))
        return Instance(
            ref: ref, status: InstanceStatus(rawValue: status) ?? .other, hasVersion: !version.isEmpty, body: body,
            serviceIDRange: start..<prefix.bytes.count - 1, upstreamRevision: upstreamRevision, origin: "",
            leaseSeconds: (healthCheck ?? HealthCheck()).effectiveLeaseSeconds, modified: Int64(modTimestamp))
    }
}

extension InstanceRecord.HealthCheck {
    fileprivate func validate() throws(ServiceCenterError) {
        try FieldRule.healthCheckMode.check(mode, "HealthCheck.Mode")
        try FieldRule.port.check(port, "HealthCheck.Port")
        try FieldRule.heartbeatInterval.check(interval, "HealthCheck.Interval")
        try FieldRule.heartbeatTimes.check(times, "HealthCheck.Times")
        try FieldRule.healthCheckURL.check(url, "HealthCheck.Url")
    }

    /// Refuses what leaves no time to live.
    /// Rule: service-center multiplies 32 bits, and refuses what comes out as nothing or less.
    package func validateLease() throws(ServiceCenterError) {
        guard mode == "pull" || leaseSeconds > 0 else {
            throw ServiceCenterError(.invalidParameters, "Invalid 'healthCheck' settings in request body.")
        }
    }

    /// The product in 32 bits, which may come out as anything.
    fileprivate var leaseSeconds: Int32 {
        Int32(truncatingIfNeeded: interval) &* (Int32(truncatingIfNeeded: times) &+ 1)
    }

    /// At least 1; of a platform that checks by itself, service-center's own.
    var effectiveLeaseSeconds: Int32 {
        var check = self
        check.applyPlatformDefaults()
        return max(1, check.leaseSeconds)
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        (mode, interval, times) = ("", 0, 0)
        try reader.members { reader, key throws(JSONError) in
            switch reader.string(key) {
            case "mode": mode = try reader.string()
            case "port": port = try reader.int32()
            case "interval": interval = try reader.int32()
            case "times": times = try reader.int32()
            case "url": url = try reader.string()
            default: try reader.skip()
            }
        }
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.key("healthCheck")
        writer.beginObject()
        writer.member("mode", mode)
        if port != 0 { writer.member("port", port) }
        if interval != 0 { writer.member("interval", interval) }
        if times != 0 { writer.member("times", times) }
        writer.member("url", ifPresent: url)
        writer.endObject()
    }
}

extension InstanceRecord.Datacenter {
    fileprivate func validate() throws(ServiceCenterError) {
        try FieldRule.place.check(name, "DataCenterInfo.Name")
        try FieldRule.place.check(region, "DataCenterInfo.Region")
        try FieldRule.place.check(availableZone, "DataCenterInfo.AvailableZone")
    }

    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.members { reader, key throws(JSONError) in
            switch reader.string(key) {
            case "name": name = try reader.string()
            case "region": region = try reader.string()
            case "availableZone": availableZone = try reader.string()
            default: try reader.skip()
            }
        }
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.key("dataCenterInfo")
        write(value: &writer)
    }
}

extension InstanceRecord.Datacenter {
    /// The member's value.
    func write(value writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", name)
        writer.member("region", region)
        writer.member("availableZone", availableZone)
        writer.endObject()
    }
}
