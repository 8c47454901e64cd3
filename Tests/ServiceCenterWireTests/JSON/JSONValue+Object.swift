import Foundation
import TestSupport

extension JSONValue {
    /// What `JSONSerialization` made, as a value; truth is told from 1 by the text that Foundation writes for it.
    init?(object: Any) {
        switch object {
        case is NSNull: self = .null
        case let text as String: self = .string(text)
        case let elements as [Any]: self = .array(elements.compactMap(JSONValue.init(object:)))
        case let members as [String: Any]: self = .object(members.compactMapValues(JSONValue.init(object:)))
        case let number as NSNumber:
            let text = try? JSONSerialization.data(withJSONObject: number, options: .fragmentsAllowed)
            switch text.map({ String(decoding: $0, as: UTF8.self) }) {
            case "true": self = .bool(true)
            case "false": self = .bool(false)
            default: self = .number(number.doubleValue)
            }
        default: return nil
        }
    }

    /// A whole text, read by `JSONSerialization`.
    init?(foundation text: [UInt8]) {
        let object = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
        guard let value = object.flatMap(JSONValue.init(object:)) else { return nil }
        self = value
    }
}
