/// Small changes to JSON text: everything else stays as it is, byte for byte.
package enum JSONEdit {
    package typealias Member = (name: String, value: [UInt8])

    /// An object with these members, each with a value that is JSON: in their place where they are there, otherwise at
    /// its end.
    package static func setting(_ members: [Member], in object: [UInt8]) throws(JSONError) -> [UInt8] {
        guard !members.isEmpty else { return object }
        return try JSONReader.read(object) { reader throws(JSONError) in
            var (edited, copied): ([UInt8], Int) = ([], 0)
            var (left, isEmpty) = (members, true)
            edited.reserveCapacity(object.count + 128)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                isEmpty = false
                let range = try reader.skip()
                guard let member = members.first(where: { reader.isEqual(key, to: $0.name) }) else { continue }
                left.removeAll { $0.name == member.name }
                edited += object[copied..<range.lowerBound] + member.value
                copied = range.upperBound
            }
            let end = reader.offset - 1
            edited += object[copied..<end]
            for member in left {
                if !isEmpty { edited.append(UInt8(ascii: ",")) }
                isEmpty = false
                edited += text(member.name) + [UInt8(ascii: ":")] + member.value
            }
            edited += object[end...]
            return edited
        }
    }

    /// The members of an object that have one of these names, as they stand there; the last one of a name counts.
    package static func members(
        _ names: [String], of object: [UInt8]
    ) throws(JSONError) -> [String: [UInt8]] {
        try JSONReader.read(object) { reader throws(JSONError) in
            var members: [String: [UInt8]] = [:]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                let range = try reader.skip()
                for name in names where reader.isEqual(key, to: name) { members[name] = Array(object[range]) }
            }
            return members
        }
    }

    /// The elements of an array, as they stand there.
    package static func elements(of array: [UInt8]) throws(JSONError) -> [[UInt8]] {
        try JSONReader.read(array) { reader throws(JSONError) in
            try reader.list { reader throws(JSONError) in Array(array[try reader.skip()]) }
        }
    }

    /// An array of values that are JSON.
    package static func array(_ elements: [[UInt8]]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for element in elements { writer.raw(element) }
        writer.endArray()
        return writer.bytes
    }

    /// A text as JSON.
    package static func text(_ text: String) -> [UInt8] {
        var writer = JSONWriter(reserving: text.utf8.count + 2)
        writer.string(text)
        return writer.bytes
    }
}
