import Discovery
import Registry
import ServiceCenterWire

/// The IDs by which a source knows the microservices of a write, and those that the client gave: what goes there is in
/// the source's, what comes back in the client's. Pure.
struct IDTranslation: Equatable {
    /// The client's IDs by the source's, where they differ.
    private var given: [String: String] = [:]

    /// A text in JSON, without its quotes, and what is to stand there.
    private typealias Change = (range: Range<Int>, text: String)

    init() {}

    init(_ known: ServiceID?, givenAs id: ServiceID?) {
        if let known, let id { note(known, givenAs: id) }
    }

    /// The source knows it as `known`.
    mutating func note(_ known: ServiceID, givenAs id: ServiceID) {
        if known != id { given[known.text] = id.text }
    }

    /// An answer of the source as the client gets it: other IDs in each `serviceId`, wherever it stands, and for each
    /// word of a `detail` or an `errMessage` that is such an ID. Every other byte stays, as does what is no JSON.
    func back(_ answer: WriteAnswer) -> WriteAnswer {
        guard !given.isEmpty, !answer.body.isEmpty else { return answer }
        let found = try? JSONReader.read(answer.body) { reader throws(JSONError) -> [Change] in
            var changes: [Change] = []
            try collect(&changes, from: &reader)
            return changes
        }
        guard let found, !found.isEmpty else { return answer }
        var (writer, copied) = (JSONWriter(reserving: answer.body.count + 64), 0)
        for change in found {
            writer.append(answer.body[copied..<change.range.lowerBound])
            writer.append(escaping: change.text)
            copied = change.range.upperBound
        }
        writer.append(answer.body[copied...])
        var translated = answer
        translated.body = writer.bytes
        return translated
    }

    /// The texts in a value that say something else to the client.
    private func collect(
        _ changes: inout [Change], from reader: inout JSONReader
    ) throws(JSONError) {
        switch try reader.peek() {
        case .object:
            try reader.beginObject()
            while let key = try reader.nextKey() {
                guard try reader.peek() == .string else {
                    try collect(&changes, from: &reader)
                    continue
                }
                let value = try reader.text()
                let text = reader.string(value)
                switch reader.string(key) {
                case "serviceId": if let id = given[text] { changes.append((value.range, id)) }
                case "detail", "errMessage": if let text = sentence(text) { changes.append((value.range, text)) }
                default: break
                }
            }
        case .array:
            try reader.beginArray()
            while try reader.nextElement() { try collect(&changes, from: &reader) }
        default: try reader.skip()
        }
    }

    /// A text for people with other IDs; nil when it has none of them. A word is made of letters, digits, `-`, `_` and
    /// `.`, and ends before the full stop of a sentence.
    private func sentence(_ text: String) -> String? {
        if let id = given[text] { return id }
        var (sentence, word, isChanged) = ("", "", false)
        func isInWord(_ character: Character) -> Bool {
            character.isLetter || character.isNumber || "-_.".contains(character)
        }
        func end() {
            let stops = word.reversed().prefix { $0 == "." }.count
            let id = given[String(word.dropLast(stops))]
            isChanged = isChanged || id != nil
            sentence += (id ?? String(word.dropLast(stops))) + word.suffix(stops)
            word = ""
        }
        for character in text {
            if isInWord(character) {
                word.append(character)
            } else {
                end()
                sentence.append(character)
            }
        }
        end()
        return isChanged ? sentence : nil
    }
}
