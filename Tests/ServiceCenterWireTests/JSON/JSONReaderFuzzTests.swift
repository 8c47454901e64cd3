import ServiceCenterWire
import TestSupport
import Testing

/// Mutated recorded bodies, judged by Foundation.
@Suite("The JSON reader against Foundation", .enabled(if: Recordings.areThere, "reads ../shared"))
struct JSONReaderFuzzTests {
    private static let interesting =
        Array("{}[]:,\"\\ueE+-.0123456789tfn \n\t/bDd8".utf8) + [0x80, 0xC2, 0xE2, 0xED, 0xF4]

    @Test("takes and refuses the same texts, and reads the same from them", arguments: 1...8)
    func agreement(seed: UInt64) throws {
        let bodies = try Recordings.exchanges("1-reads-sc-1.json").map { Array($0.response.body.utf8) }
            .filter { (1...1_500).contains($0.count) }
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<1_500 {
            let body = try #require(bodies.randomElement(using: &generator))
            let text = JSONReaderFuzzTests.mutated(body, &generator)
            let ours = try? JSONReader.tree(of: text, maxDepth: 512)
            #expect((ours != nil) == isAccepted(text, maxDepth: 512))
            guard ours != nil || !JSONReaderFuzzTests.isReadOtherwise(text) else { continue }
            let theirs = JSONValue(foundation: text)
            if ours != nil, theirs == nil, JSONReaderFuzzTests.isRefusedByFoundationOnly(text) { continue }
            #expect(ours == theirs, "\(String(decoding: text, as: UTF8.self))")
            if ours != nil { accepted += 1 }
        }
        #expect(accepted > 100)
    }

    private static func mutated(_ body: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var text = body
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: 0..<max(1, text.count), using: &generator)
            let byte = interesting.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<6, using: &generator) {
            case 0 where place < text.count: text[place] = byte
            case 1 where place < text.count: text.remove(at: place)
            case 2: text.insert(byte, at: min(place, text.count))
            case 3 where place < text.count:
                text.removeLast(min(text.count - 1, Int.random(in: 1...8, using: &generator)))
            case 4:
                let escape = ["\\u00e9", "\\ud83d\\ude00", "\\n", "\\/", "é", "\\u0000"].randomElement(
                    using: &generator)
                text.insert(contentsOf: Array((escape ?? "").utf8), at: min(place, text.count))
            default:
                let other = Int.random(in: 0..<max(1, text.count), using: &generator)
                if place < text.count, other < text.count { text.swapAt(place, other) }
            }
        }
        return text
    }

    /// Foundation guesses UTF-16 and UTF-32 from zero bytes, and skips a byte order mark; RFC 8259 has only UTF-8.
    private static func isReadOtherwise(_ text: [UInt8]) -> Bool {
        text.prefix(4).contains(0) || text.starts(with: [0xEF, 0xBB, 0xBF])
    }

    /// Lone surrogates, which we read as U+FFFD, and numbers that no `Double` holds.
    private static func isRefusedByFoundationOnly(_ text: [UInt8]) -> Bool {
        let text = String(decoding: text, as: UTF8.self).lowercased()
        return text.contains(#"\ud"#) || text.contains(/[0-9]e[+]?[0-9]{3,}/)
    }
}
