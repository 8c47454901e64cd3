import Foundation
import TestSupport

extension JSONValue {
    /// A recorded body as it was sent: text that is no JSON stands as a string.
    var bytes: [UInt8] {
        if case .string(let text) = self { return Array(text.utf8) }
        return (try? JSONSerialization.data(withJSONObject: foundation)).map(Array.init) ?? []
    }

    private var foundation: Any {
        switch self {
        case .null: NSNull()
        case .bool(let value): value
        case .number(let value): value
        case .string(let text): text
        case .array(let values): values.map(\.foundation)
        case .object(let members): members.mapValues(\.foundation)
        }
    }
}
