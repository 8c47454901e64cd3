import TestSupport
import Testing

@testable import API

@Suite struct TimingWheelTests {
    private final class Sleeper {
        let time: Int
        init(_ time: Int) { self.time = time }
    }

    @Test(
        "everybody comes round once, not before their time and at most two seconds after",
        arguments: 1...5 as ClosedRange<UInt64>)
    func order(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var wheel = TimingWheel<Sleeper>(at: .seconds(7))
        var woken: [Int] = []
        var expected: [Int] = []
        var now = 7
        for _ in 0..<2_000 {
            if random.chance(60) {
                let sleeper = Sleeper(now + random.below(240))
                let place = wheel.insert(sleeper, at: .seconds(sleeper.time))
                if random.chance(30) { wheel.remove(sleeper, from: place) } else { expected.append(sleeper.time) }
            }
            guard random.chance(50) else { continue }
            let step = random.below(3)
            now += step
            for sleeper in wheel.advance(to: .seconds(now)) {
                woken.append(sleeper.time)
                #expect(sleeper.time <= now)
                #expect(now - sleeper.time <= 1 + step)
            }
        }
        woken += wheel.advance(to: .seconds(now + 300)).map(\.time)
        #expect(woken.sorted() == expected.sorted())
    }

    @Test("what lies further ahead than the wheel reaches comes round with its last second")
    func far() {
        var wheel = TimingWheel<Sleeper>(at: .zero)
        _ = wheel.insert(Sleeper(10_000), at: .seconds(10_000))
        #expect(wheel.advance(to: .seconds(254)).isEmpty)
        #expect(wheel.advance(to: .seconds(255)).count == 1)
    }
}
