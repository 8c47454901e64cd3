package import Registry

/// What the registry itself needs to know of an instance's JSON; everything else stays in the text.
package struct InstanceFields {
    package var id = ""
    /// The service ID's text; its place is counted from the first byte that the reader was given.
    package var serviceID = JSONReader.Text(range: 0..<0, hasEscapes: false)
    package var status = InstanceStatus.up
    package var hasVersion = false
    /// Rule: service-center `HealthCheck`; `InstanceRecord.lease`.
    package var leaseSeconds: Int32 = 120
    /// `modTimestamp`: seconds since 1970; nil when it is none.
    package var modified: Int64?

    /// Reads one instance object to its end.
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            hasVersion = hasVersion || reader.equals(key, "version")
            // Rule: Go reads null as if the member were not there.
            if try reader.null() { continue }
            if reader.equals(key, "instanceId") {
                id = try reader.string()
            } else if reader.equals(key, "serviceId") {
                serviceID = try reader.text()
            } else if reader.equals(key, "status") {
                status = InstanceStatus(rawValue: try reader.string()) ?? .other
            } else if reader.equals(key, "modTimestamp"), try reader.peek() == .string {
                modified = Int64(try reader.string())
            } else if reader.equals(key, "healthCheck") {
                // Another registry's own form of it is passed over.
                var ahead = reader
                let check = try? InstanceRecord.HealthCheck(from: &ahead)
                leaseSeconds = check?.effectiveLeaseSeconds ?? leaseSeconds
                try reader.skip()
            } else {
                try reader.skip()
            }
        }
        guard !id.isEmpty, !serviceID.range.isEmpty else {
            throw reader.error("an instance without instanceId or serviceId")
        }
    }
}
