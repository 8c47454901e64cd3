/// The JSON body of a request, read as service-center reads it: `null` says nothing, wherever it stands.
package enum RequestBody {
    /// Hands over each member of the body's object; what is not read must be skipped. `refusal` is what is said of a
    /// body that is not what it should be; nil for the words of the parser.
    package static func members(
        _ body: [UInt8], refusal: String? = nil,
        _ member: (inout JSONReader, JSONReader.Text) throws(JSONError) -> Void
    ) throws(ServiceCenterError) {
        guard !body.isEmpty else {
            throw ServiceCenterError(.invalidParameters, refusal ?? "unexpected end of JSON input")
        }
        do throws(JSONError) {
            try JSONReader.read(body) { reader throws(JSONError) in try reader.members(member) }
        } catch {
            throw ServiceCenterError(.invalidParameters, refusal ?? error.description)
        }
    }
}

extension JSONReader {
    /// Hands over each member of an object that is not null; what is not read must be skipped.
    package mutating func members(
        _ member: (inout JSONReader, Text) throws(JSONError) -> Void
    ) throws(JSONError) {
        if try null() { return }
        try beginObject()
        while let key = try nextKey() {
            if try !null() { try member(&self, key) }
        }
    }

    /// The elements of an array; null counts as empty.
    package mutating func list<Element>(
        _ element: (inout JSONReader) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        var list: [Element] = []
        guard try !null() else { return list }
        try beginArray()
        while try nextElement() { list.append(try element(&self)) }
        return list
    }
}
