import NIOCore
import NIOEmbedded
import ServiceCenterWire
import TestSupport
import Testing

@testable import API

@Suite struct AnswerCachesTests {
    @Test("an event loop's cache takes its share of what holds now, though nobody asks for anything")
    func share() {
        let loop = EmbeddedEventLoop()
        var limits = APILimits.forTests
        limits.keptBytes = 100_000
        let inForce = LimitsInForce(limits)
        let cache = AnswerCaches(loop, limits: inForce, counters: AnswerCounters()).cache(of: loop)
        for number in 0..<10 {
            _ = cache.body(.batch([.notModified(isInstance: false, index: number)])) { writer in
                writer.string(String(repeating: "y", count: 3_000))
            }
        }
        let before = cache.bytes
        #expect(before > 20_000)
        loop.advanceTime(by: .seconds(1))
        #expect(cache.bytes == before)
        limits.keptBytes = 10_000
        inForce.adopt(limits)
        loop.advanceTime(by: .seconds(1))
        #expect(cache.bytes <= 10_000)
    }
}
