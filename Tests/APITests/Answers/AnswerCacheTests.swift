import NIOCore
import NIOHTTP1
import Registry
import ServiceCenterWire
import Testing

@testable import API

@Suite struct AnswerCacheTests {
    private let counters = AnswerCounters()
    private let slot = RequestCounters().slot(route: "", method: "GET", status: 200, domain: "default")

    private func key(_ target: String, consumer: String? = nil) throws -> RequestKey {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target)
        if let consumer { head.headers.add(name: "x-consumerid", value: consumer) }
        return try #require(RequestKey(head, RequestFields(head), []))
    }

    private func answer(_ text: String) -> KeptAnswer {
        KeptAnswer(.ok, [:], EncodedBody(ByteBuffer(string: text)), slot)
    }

    @Test("a body is written once, however often its key is asked for, and once more for another key")
    func bodies() {
        let cache = AnswerCache(bytes: 1 << 20, counters: counters)
        let keys = (0..<2).map { BodyKey.batch([.notModified(isInstance: false, index: $0)]) }
        let bodies = (0..<10).map { _ in cache.body(keys[0]) { $0.integer(1) } }
        #expect(bodies.allSatisfy { $0 === bodies[0] })
        #expect(String(buffer: cache.body(keys[1]) { $0.integer(2) }.plain) == "2")
        #expect(counters.encoded == 2 && counters.reused == 9)
    }

    @Test("an answer is given again for the same request over the same tables, and for nothing else")
    func answers() throws {
        let cache = AnswerCache(bytes: 1 << 20, counters: counters)
        let known = try key("/a", consumer: "c")
        #expect(cache.answer(to: known, over: 5) == nil)
        cache.keep(answer("a"), to: known, over: 5)
        #expect(cache.answer(to: known, over: 5) != nil)
        for other in [try key("/a"), try key("/a", consumer: "d"), try key("/b", consumer: "c")] {
            #expect(cache.answer(to: other, over: 5) == nil)
        }
        #expect(cache.answer(to: known, over: 6) == nil)
        #expect(cache.answer(to: known, over: 5) == nil, "what was let go does not come back")
    }

    @Test("an answer that was made from tables which nobody asks any more is not kept")
    func late() throws {
        let cache = AnswerCache(bytes: 1 << 20, counters: counters)
        let known = try key("/a")
        _ = cache.answer(to: known, over: 6)
        cache.keep(answer("a"), to: known, over: 5)
        #expect(cache.answer(to: known, over: 6) == nil)
    }

    @Test("never takes more than its bound")
    func bound() throws {
        let cache = AnswerCache(bytes: 100_000, counters: counters)
        for number in 0..<200 {
            let key = try key("/\(number)")
            _ = cache.answer(to: key, over: 0)
            cache.keep(answer(String(repeating: "x", count: 3_000)), to: key, over: 0)
            _ = cache.body(.batch([.notModified(isInstance: false, index: number)])) { writer in
                writer.string(String(repeating: "y", count: 3_000))
            }
            #expect(cache.bytes <= 100_000)
        }
        #expect(cache.bytes > 40_000)
    }

    @Test("a body is compressed once, from 1,400 bytes on")
    func compression() {
        let small = EncodedBody(ByteBuffer(repeating: 0x61, count: 1_399))
        #expect(small.gzip(counters) == nil && counters.gzipped == 0)
        let large = EncodedBody(ByteBuffer(repeating: 0x61, count: 1_400))
        #expect(large.gzip(counters) == large.gzip(counters))
        #expect(large.gzip(counters)?.readableBytes ?? 1_400 < 100)
        #expect(counters.gzipped == 1)
    }

    @Test("requests that change something, and long bodies, have no key")
    func keyless() {
        for method in [HTTPMethod.PUT, .DELETE, .HEAD] {
            let head = HTTPRequestHead(version: .http1_1, method: method, uri: "/a")
            #expect(RequestKey(head, RequestFields(head), []) == nil)
        }
        let post = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/a")
        let longest = [UInt8](repeating: 0, count: RequestKey.longestBody)
        #expect(RequestKey(post, RequestFields(post), longest) != nil)
        #expect(RequestKey(post, RequestFields(post), longest + [0]) == nil)
    }
}
