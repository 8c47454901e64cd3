import Registry
import ServiceCenterWire

/// Bodies of requests that are no record.
enum Requests {
    /// `{"properties":{…}}`; `refusal` is what is said of a body that is none.
    static func properties(
        _ body: [UInt8], refusal: String? = nil
    ) throws(ServiceCenterError) -> [String: String] {
        try map("properties", body, refusal: refusal)
    }

    /// `{NAME:{…}}` with texts as values.
    static func map(
        _ name: StaticString, _ body: [UInt8], refusal: String? = nil
    ) throws(ServiceCenterError) -> [String: String] {
        var map: [String: String] = [:]
        try RequestBody.members(body, refusal: refusal) { reader, key throws(JSONError) in
            if reader.equals(key, name) { map = try reader.stringMap() } else { try reader.skip() }
        }
        return map
    }
}
