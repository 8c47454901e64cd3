import Testing

@testable import API

@Suite("The absence of a home")
struct AbsorptionTests {
    private var absorption = Absorption(limit: .seconds(60))

    @Test("is covered for its time, counted from the first failure, then told")
    mutating func limit() {
        #expect(absorption.begin(at: .seconds(100)) == .ask)
        #expect(absorption.failed(at: .seconds(103)) == .absorb)
        #expect(absorption.begin(at: .seconds(130)) == .ask)
        #expect(absorption.failed(at: .seconds(133)) == .absorb)
        #expect(absorption.begin(at: .seconds(160)) == .ask)
        #expect(absorption.failed(at: .seconds(163)) == .refuse)
    }

    @Test("is asked about by one heartbeat at a time: the others are answered at once")
    mutating func oneAsks() {
        _ = absorption.begin(at: .zero)
        _ = absorption.failed(at: .seconds(1))
        #expect(absorption.begin(at: .seconds(2)) == .ask)
        #expect(absorption.begin(at: .seconds(2)) == .absorb)
        #expect(absorption.begin(at: .seconds(60)) == .absorb)
        #expect(absorption.begin(at: .seconds(61)) == .refuse)
        #expect(absorption.failed(at: .seconds(62)) == .refuse)
        #expect(absorption.begin(at: .seconds(63)) == .ask)
    }

    @Test("ends with an answer: the next one is covered for its whole time again")
    mutating func back() {
        _ = absorption.begin(at: .zero)
        _ = absorption.failed(at: .seconds(1))
        _ = absorption.begin(at: .seconds(70))
        absorption.answered()
        #expect(absorption.begin(at: .seconds(71)) == .ask)
        #expect(absorption.begin(at: .seconds(71)) == .ask)
        #expect(absorption.failed(at: .seconds(72)) == .absorb)
        #expect(absorption.failed(at: .seconds(131)) == .absorb)
        #expect(absorption.failed(at: .seconds(132)) == .refuse)
    }

    @Test("covers nothing when its time is zero")
    mutating func never() {
        absorption = Absorption(limit: .zero)
        #expect(absorption.begin(at: .zero) == .ask)
        #expect(absorption.failed(at: .zero) == .refuse)
    }
}
