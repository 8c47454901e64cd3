package import Registry

/// An access rule of a microservice as a client writes it and a registry keeps it.
package struct RuleRecord: Sendable, Equatable {
    package var id = ""
    /// `BLACK` or `WHITE`.
    package var kind = ""
    package var attribute = ""
    package var pattern = ""
    package var description = ""
    package var timestamp = ""
    package var modTimestamp = ""

    package init() {}

    /// Reads `{"ruleType":…,"attribute":…,"pattern":…,"description":…}`, the body of a change.
    package init(request body: [UInt8]) throws(ServiceCenterError) {
        try RequestBody.members(body) { reader, key throws(JSONError) in try read(key, from: &reader) }
    }

    /// Reads the JSON object that a registry keeps.
    package init(kept body: [UInt8]) throws(JSONError) {
        try JSONReader.read(body) { reader throws(JSONError) in
            try reader.members { reader, key throws(JSONError) in
                switch reader.string(key) {
                case "ruleId": id = try reader.string()
                case "timestamp": timestamp = try reader.string()
                case "modTimestamp": modTimestamp = try reader.string()
                default: try read(key, from: &reader)
                }
            }
        }
    }

    /// Reads `{"rules":[…]}`.
    package static func list(request body: [UInt8]) throws(ServiceCenterError) -> [RuleRecord] {
        var rules: [RuleRecord] = []
        try RequestBody.members(body) { reader, key throws(JSONError) in
            if reader.equals(key, "rules") { rules = try list(from: &reader) } else { try reader.skip() }
        }
        return rules
    }

    static func list(from reader: inout JSONReader) throws(JSONError) -> [RuleRecord] {
        try reader.list { reader throws(JSONError) in
            var rule = RuleRecord()
            try reader.members { reader, key throws(JSONError) in try rule.read(key, from: &reader) }
            return rule
        }
    }

    private mutating func read(_ key: JSONReader.Text, from reader: inout JSONReader) throws(JSONError) {
        switch reader.string(key) {
        case "ruleType": kind = try reader.string()
        case "attribute": attribute = try reader.string()
        case "pattern": pattern = try reader.string()
        case "description": description = try reader.string()
        default: try reader.skip()
        }
    }

    /// Refuses what service-center refuses.
    package func validate() throws(ServiceCenterError) {
        try FieldRule.ruleKind.check(kind, "AddOrUpdateServiceRule.RuleType")
        try FieldRule.ruleAttribute.check(attribute, "AddOrUpdateServiceRule.Attribute")
        try FieldRule.rulePattern.check(pattern, "AddOrUpdateServiceRule.Pattern")
        try FieldRule.description.check(description, "AddOrUpdateServiceRule.Description")
    }

    /// What decides who is let in.
    package var rule: AccessRule {
        AccessRule(kind: kind == "WHITE" ? .white : .black, attribute: attribute, pattern: pattern)
    }

    /// The JSON object, its members in service-center's order, empty ones left out.
    package var body: [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writer.member("ruleId", id)
        writer.member("ruleType", kind)
        writer.member("attribute", attribute)
        writer.member("pattern", pattern)
        writer.member("description", ifPresent: description)
        writer.member("timestamp", ifPresent: timestamp)
        writer.member("modTimestamp", ifPresent: modTimestamp)
        writer.endObject()
        return writer.bytes
    }
}
