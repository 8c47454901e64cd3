import TestSupport
import Testing

@testable import API

@Suite struct RecentlyUsedTests {
    @Test("never keeps more than its bound, and never gives what was not kept last", arguments: 1...20)
    func bound(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var kept = RecentlyUsed<Int, Int>(bytes: 1_000)
        var last: [Int: Int] = [:]
        for step in 0..<2_000 {
            let key = Int.random(in: 0..<40, using: &generator)
            if Bool.random(using: &generator) {
                kept.keep(step, under: key, bytes: Int.random(in: 1...600, using: &generator))
                last[key] = step
            } else if let value = kept.value(of: key) {
                #expect(value == last[key])
            }
            #expect(kept.bytes <= 1_000)
        }
    }

    @Test("keeps to another bound at once, and lets go first of what was not used lately")
    func resized() {
        var kept = RecentlyUsed<Int, Int>(bytes: 200)
        for number in 0..<20 { kept.keep(number, under: number, bytes: 10) }
        kept.resize(to: 200)
        #expect(kept.bytes == 200)
        kept.resize(to: 100)
        #expect(kept.bytes <= 100)
        for number in 0..<20 { kept.keep(number, under: number, bytes: 10) }
        #expect(kept.bytes <= 100 && kept.value(of: 19) == 19)
        kept.resize(to: 1_000)
        for number in 0..<20 { kept.keep(number, under: number, bytes: 10) }
        #expect(kept.bytes == 200)
    }

    @Test("what is used stays, what is not used goes")
    func use() {
        var kept = RecentlyUsed<String, Int>(bytes: 200)
        kept.keep(0, under: "used", bytes: 10)
        kept.keep(0, under: "forgotten", bytes: 10)
        for number in 0..<100 {
            kept.keep(number, under: "\(number)", bytes: 10)
            #expect(kept.value(of: "used") == 0)
        }
        #expect(kept.value(of: "forgotten") == nil)
    }

    @Test("what is larger than half of the bound is not kept, and drives nothing out")
    func tooLarge() {
        var kept = RecentlyUsed<String, Int>(bytes: 200)
        kept.keep(1, under: "small", bytes: 100)
        kept.keep(2, under: "large", bytes: 101)
        #expect(kept.value(of: "small") == 1)
        #expect(kept.value(of: "large") == nil)
    }
}
