/// The text of one schema and its summary, as a client registers them.
package struct SchemaRecord: Sendable, Equatable {
    package var id = ""
    package var text = ""
    package var summary = ""

    /// Reads `{"schema":…,"summary":…}`, the body for the schema that the path names.
    package init(_ id: String, request body: [UInt8]) throws(ServiceCenterError) {
        self = try SchemaRecord.read(body) { reader throws(JSONError) in try SchemaRecord(from: &reader) }
        self.id = id
    }

    /// Reads `{"schemas":[{"schemaId":…,"schema":…,"summary":…}]}`.
    package static func list(request body: [UInt8]) throws(ServiceCenterError) -> [SchemaRecord] {
        try read(body) { reader throws(JSONError) in
            var records: [SchemaRecord] = []
            try reader.beginObject()
            while let key = try reader.nextKey() {
                guard reader.equals(key, "schemas") else {
                    try reader.skip()
                    continue
                }
                try reader.beginArray()
                while try reader.nextElement() { records.append(try SchemaRecord(from: &reader)) }
            }
            return records
        }
    }

    /// Refuses what service-center refuses.
    package func validate(_ request: String) throws(ServiceCenterError) {
        try FieldRule.schemaID.check(id, "\(request).SchemaId")
        try FieldRule.schemaText.check(text, "\(request).Schema")
        try FieldRule.schemaSummary.check(summary, "\(request).Summary")
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
        try reader.beginObject()
        while let key = try reader.nextKey() {
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

    private static func read<Result>(
        _ body: [UInt8], _ read: (inout JSONReader) throws(JSONError) -> Result
    ) throws(ServiceCenterError) -> Result {
        guard !body.isEmpty else { throw ServiceCenterError(.invalidParameters, "Request body is empty") }
        do throws(JSONError) {
            return try JSONReader.read(body, read)
        } catch {
            throw ServiceCenterError(.invalidParameters, error.description)
        }
    }
}
