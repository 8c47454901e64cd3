package import Registry

/// What the registry itself needs to know of an instance's JSON; everything else stays in the text.
package struct InstanceFields {
    package var id = ""
    /// Where the service ID's text stands, counted from the first byte that the reader was given.
    package var serviceIDRange = 0..<0
    package var status = InstanceStatus.up

    /// Reads one instance object to its end.
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.equals(key, "instanceId") {
                id = try reader.string()
            } else if reader.equals(key, "serviceId") {
                serviceIDRange = try reader.text().range
            } else if reader.equals(key, "status") {
                status = InstanceStatus(rawValue: try reader.string()) ?? .other
            } else {
                try reader.skip()
            }
        }
        guard !id.isEmpty, !serviceIDRange.isEmpty else {
            throw reader.error("an instance without instanceId or serviceId")
        }
    }
}
