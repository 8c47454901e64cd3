import ServiceCenterWire

/// A JSON answer of a running Mainstem, to be shown in words.
enum Reply {
    case object([(name: String, value: Reply)])
    case list([Reply])
    case text(String)
    /// As it is written.
    case number(String)
    case flag(Bool)
    case null

    init(_ bytes: [UInt8]) throws(JSONError) {
        self = try JSONReader.read(bytes) { reader throws(JSONError) in try Reply(&reader) }
    }

    private init(_ reader: inout JSONReader) throws(JSONError) {
        switch try reader.peek() {
        case .object:
            var members: [(String, Reply)] = []
            try reader.beginObject()
            while let key = try reader.nextKey() { members.append((reader.string(key), try Reply(&reader))) }
            self = .object(members)
        case .array: self = .list(try reader.list { element throws(JSONError) in try Reply(&element) })
        case .string: self = .text(try reader.string())
        case .number: self = .number(String(decoding: reader.bytes[try reader.skip()], as: UTF8.self))
        case .bool: self = .flag(try reader.bool())
        case .null:
            _ = try reader.null()
            self = .null
        }
    }

    /// A member; null when there is none.
    subscript(_ name: String) -> Reply {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.name == name }?.value ?? .null
    }

    var list: [Reply] { if case .list(let elements) = self { elements } else { [] } }

    /// What stands there, in a word; empty for an object, a list, and where nothing is.
    var word: String {
        switch self {
        case .text(let text), .number(let text): text
        case .flag(let flag): flag ? "yes" : "no"
        case .object, .list, .null: ""
        }
    }

    var number: Double? { if case .number(let text) = self { Double(text) } else { nil } }

    var isThere: Bool { if case .null = self { false } else { true } }
}
