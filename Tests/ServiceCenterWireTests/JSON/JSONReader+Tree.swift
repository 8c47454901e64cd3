import ServiceCenterWire
import TestSupport

extension JSONReader {
    /// The whole value as a tree, built by the calls that decoders make; numbers are read as Foundation reads them.
    mutating func tree() throws(JSONError) -> JSONValue {
        switch try peek() {
        case .object:
            var members: [String: JSONValue] = [:]
            try beginObject()
            while let key = try nextKey() {
                let name = string(key)
                members[name] = try tree()
            }
            return .object(members)
        case .array:
            var elements: [JSONValue] = []
            try beginArray()
            while try nextElement() { elements.append(try tree()) }
            return .array(elements)
        case .string: return .string(try string())
        case .number:
            let digits = String(decoding: bytes[try skip()], as: UTF8.self)
            return .number(Double(digits) ?? .nan)
        case .bool: return .bool(try bool())
        case .null:
            _ = try null()
            return .null
        }
    }

    /// The tree of a whole text.
    static func tree(of text: [UInt8], maxDepth: Int = 64) throws(JSONError) -> JSONValue {
        try read(text, maxDepth: maxDepth) { reader throws(JSONError) in try reader.tree() }
    }
}

/// Whether the reader takes a text, passing over it.
func isAccepted(_ text: [UInt8], maxDepth: Int = 64) -> Bool {
    do throws(JSONError) {
        try JSONReader.read(text, maxDepth: maxDepth) { reader throws(JSONError) in _ = try reader.skip() }
        return true
    } catch {
        return false
    }
}
