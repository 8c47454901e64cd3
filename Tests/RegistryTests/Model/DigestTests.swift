import Registry
import Testing

@Suite struct DigestTests {
    /// Pinned: another process, another machine and another release must derive the same.
    @Test func `The digest of known bytes never changes`() {
        #expect(Digest(of: "").hex == "2e1ba4a74c83a2b1062fb596bfa203ff")
        #expect(Digest(of: "{\"instanceId\":\"i1\",\"status\":\"UP\"}").hex == "82c7019dfe96871c937272ee74584941")
        #expect(Digest(of: "cart", seed: 7).hex == "e99c7c7b6a836c277ef00336bc71186a")
        #expect(Digest(of: "cart").then(Digest(of: "stock")).hex == "fe28e7f50bfdc43f665282b85cc3809d")
    }

    @Test func `Text, bytes and a buffer have the same digest`() {
        let bytes = Array("0123456789abcdef!".utf8)
        let buffered = bytes.withUnsafeBytes { Digest(of: $0) }
        #expect(Digest(of: "0123456789abcdef!") == Digest(of: bytes))
        #expect(buffered == Digest(of: bytes))
    }

    @Test func `Every byte at every place makes a difference, and so does the length`() {
        var seen: Set<Digest> = [Digest(of: [UInt8]())]
        var count = 1
        for length in 1...25 {
            let zeros = [UInt8](repeating: 0, count: length)
            seen.insert(Digest(of: zeros))
            count += 1
            for place in 0..<length {
                for bit in 0..<8 {
                    var bytes = zeros
                    bytes[place] = 1 << bit
                    seen.insert(Digest(of: bytes))
                    count += 1
                }
            }
        }
        #expect(seen.count == count)
    }

    @Test func `A sum does not depend on the order and a difference takes it back`() {
        let digests = ["a", "b", "c"].map { Digest(of: $0) }
        #expect(digests[0] + digests[1] + digests[2] == digests[2] + digests[0] + digests[1])
        #expect(digests[0] + digests[1] - digests[0] == digests[1])
        #expect(digests[0] - digests[0] == .zero)
        #expect(digests[0] + .zero == digests[0])
        #expect(digests[0] - digests[1] + digests[1] == digests[0])
    }

    @Test func `A sequence depends on the order`() {
        let (first, second) = (Digest(of: "a"), Digest(of: "b"))
        #expect(first.then(second) != second.then(first))
        #expect(first.then(second) != first)
        #expect(Digest.zero.then(first) != Digest.zero.then(second))
    }

    @Test func `The text form has all its zeros`() {
        #expect(Digest.zero.hex == String(repeating: "0", count: 32))
    }
}
