import TestSupport
import Testing

@testable import Discovery

@Suite("Leases")
struct LeasesTests {
    /// The same, without any thought of cost.
    private struct Model {
        var leases: [Int: (end: Duration, length: Duration)] = [:]

        mutating func grant(_ holder: Int, _ length: Duration, at now: Duration) {
            leases[holder] = (now + length, length)
        }

        mutating func renew(_ holder: Int, at now: Duration) -> Bool {
            guard let lease = leases[holder] else { return false }
            leases[holder] = (now + lease.length, lease.length)
            return true
        }

        mutating func expire(at now: Duration) -> [Int] {
            let expired = leases.filter { $0.value.end <= now }.map(\.key)
            for holder in expired { leases[holder] = nil }
            return expired
        }
    }

    @Test("end exactly when a naive model says so", arguments: 1...50)
    func model(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var (leases, model) = (Leases<Int>(), Model())
        var now = Duration.zero
        for _ in 0..<400 {
            let holder = Int.random(in: 0..<8, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0...2:
                let length = Duration.seconds(Int.random(in: 1...20, using: &generator))
                leases.grant(holder, length, at: now)
                model.grant(holder, length, at: now)
            case 3...5: #expect(leases.renew(holder, at: now) == model.renew(holder, at: now))
            case 6:
                leases.release(holder)
                model.leases[holder] = nil
            default:
                now += .seconds(Int.random(in: 0...6, using: &generator))
                let expired = leases.expire(at: now)
                #expect(Set(expired).count == expired.count)
                #expect(Set(expired) == Set(model.expire(at: now)))
            }
            #expect(leases.end(of: holder) == model.leases[holder]?.end)
            // Whoever sleeps until `next` is never late.
            if let first = model.leases.values.map(\.end).min() {
                #expect(leases.next.map { $0 <= first } == true)
            }
        }
        #expect(Set(leases.expire(at: now + .seconds(20))) == Set(model.leases.keys))
        #expect(leases.next == nil)
    }

    @Test("that are renewed a million times keep one deadline each")
    func renewals() {
        var leases = Leases<Int>()
        leases.grant(1, .seconds(10), at: .zero)
        for second in 1...1_000_000 { _ = leases.renew(1, at: .milliseconds(second)) }
        // Looked at when the first deadline comes up, and then at the last one.
        #expect(leases.next == .seconds(10))
        #expect(leases.expire(at: .seconds(10)).isEmpty)
        #expect(leases.next == .seconds(1_010))
        #expect(leases.expire(at: .seconds(1_010)) == [1])
        #expect(leases.next == nil)
    }

    @Test("without holders have no next end")
    func empty() {
        var leases = Leases<Int>()
        #expect(leases.next == nil)
        #expect(leases.expire(at: .seconds(1)).isEmpty)
        let isRenewed = leases.renew(1, at: .zero)
        #expect(!isRenewed)
        leases.release(1)
    }
}
