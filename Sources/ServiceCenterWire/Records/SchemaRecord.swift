/// The text of one schema and its summary, as a client registers them.
package struct SchemaRecord: Sendable, Equatable {
    package var id = ""
    package var text = ""
    package var summary = ""

    /// Reads `{"schema":…,"summary":…}`, the body for the schema that the path names.
    package init(_ id: String, request body: [UInt8]) throws(ServiceCenterError) {
        try RequestBody.members(body) { reader, key throws(JSONError) in try read(key, from: &reader) }
        self.id = id
    }

    /// Reads `{"schemas":[{"schemaId":…,"schema":…,"summary":…}]}`.
    package static func list(request body: [UInt8]) throws(ServiceCenterError) -> [SchemaRecord] {
        var records: [SchemaRecord] = []
        try RequestBody.members(body) { reader, key throws(JSONError) in
            guard reader.equals(key, "schemas") else {
                try reader.skip()
                return
            }
            records = try reader.list { reader throws(JSONError) in try SchemaRecord(from: &reader) }
        }
        return records
    }

    /// Refuses what service-center refuses of one schema.
    package func validate() throws(ServiceCenterError) {
        try FieldRule.schemaID.check(id, "ModifySchemaRequest.SchemaId")
        try FieldRule.schemaText.check(text, "ModifySchemaRequest.Schema")
        try FieldRule.schemaSummary.check(summary, "ModifySchemaRequest.Summary")
    }

    /// Refuses what service-center refuses of a whole set, which it does in no other words.
    package static func validate(_ records: [SchemaRecord]) throws(ServiceCenterError) {
        do throws(ServiceCenterError) {
            try FieldRule.schemas.check(count: records.count, "", "ModifySchemasRequest.Schemas")
            for record in records {
                try FieldRule.schemaID.check(record.id, "Schema.SchemaId")
                try FieldRule.requiredSchemaSummary.check(record.summary, "Schema.Summary")
                try FieldRule.schemaText.check(record.text, "Schema.Schema")
            }
        } catch {
            throw ServiceCenterError(.invalidParameters, "Invalid request.")
        }
    }

    /// The text in the answer of a registry to `GET …/schemas/ID`; nil when it is no such answer.
    package static func text(answer body: [UInt8]) -> String? {
        (try? JSONReader.read(body) { reader throws(JSONError) in try SchemaRecord(from: &reader) })?.text
    }

    /// Reads the JSON object that a registry keeps.
    package init(kept body: [UInt8]) throws(JSONError) {
        self = try JSONReader.read(body) { reader throws(JSONError) in try SchemaRecord(from: &reader) }
    }

    /// The JSON object that a registry keeps.
    package var body: [UInt8] {
        var writer = JSONWriter(reserving: text.utf8.count + 128)
        writer.beginObject()
        writer.member("schemaId", id)
        writer.member("schema", text)
        writer.member("summary", ifPresent: summary)
        writer.endObject()
        return writer.bytes
    }

    private init(from reader: inout JSONReader) throws(JSONError) {
        try reader.members { reader, key throws(JSONError) in try read(key, from: &reader) }
    }

    private mutating func read(_ key: JSONReader.Text, from reader: inout JSONReader) throws(JSONError) {
        if reader.equals(key, "schemaId") {
            id = try reader.string()
        } else if reader.equals(key, "schema") {
            text = try reader.string()
        } else if reader.equals(key, "summary") {
            summary = try reader.string()
        } else {
            try reader.skip()
        }
    }
}
