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
}
