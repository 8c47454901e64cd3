import Federation
import Registry
import Testing

@Suite struct StalenessPolicyTests {
    private let confirmed = UnixTime(nanoseconds: 1_000_000_000_000)

    private func policy(_ treatment: StalenessPolicy.Treatment, lasting: Duration? = nil) -> StalenessPolicy {
        var policy = StalenessPolicy()
        (policy.after, policy.treatment, policy.lasting) = (.seconds(90), treatment, lasting)
        return policy
    }

    private func next(_ policy: StalenessPolicy, at seconds: Int) -> (standing: Standing, at: UnixTime)? {
        policy.next(at: .seconds(seconds), confirmed: confirmed)
    }

    @Test func `What is served for ever stays what it is`() {
        #expect(next(policy(.serve), at: 0) == nil)
        #expect(next(policy(.serve), at: 1_000) == nil)
    }

    @Test(arguments: [StalenessPolicy.Treatment.mark, .demote, .drop])
    func `What is treated from an age on is so next, until it is`(treatment: StalenessPolicy.Treatment) {
        for age in [0, 89] {
            let next = next(policy(treatment), at: age)
            #expect(next?.standing == policy(treatment).standing(at: .seconds(90), confirmed: confirmed))
            #expect(next?.at == confirmed.advanced(by: .seconds(90)))
        }
        #expect(next(policy(treatment), at: 90) == nil)
    }

    @Test(arguments: [StalenessPolicy.Treatment.serve, .mark, .demote])
    func `What is treated so for a time is dropped after it`(treatment: StalenessPolicy.Treatment) {
        let policy = policy(treatment, lasting: .seconds(10))
        for age in treatment == .serve ? [0, 90, 99] : [90, 99] {
            #expect(next(policy, at: age)?.standing == .dropped)
            #expect(next(policy, at: age)?.at == confirmed.advanced(by: .seconds(100)))
        }
        #expect(next(policy, at: 100) == nil)
    }

    @Test func `What is dropped is not dropped again`() {
        #expect(next(policy(.drop, lasting: .seconds(10)), at: 90) == nil)
    }

    @Test func `It is at the next step exactly what was foretold, and not before`() {
        for treatment in StalenessPolicy.Treatment.allCases {
            for lasting in [nil, Duration.seconds(10)] {
                let policy = policy(treatment, lasting: lasting)
                for age in 0..<110 {
                    let now = policy.standing(at: .seconds(age), confirmed: confirmed)
                    guard let next = next(policy, at: age) else {
                        #expect(policy.standing(at: .seconds(1_000), confirmed: confirmed) == now)
                        continue
                    }
                    let due = next.at.since(confirmed)
                    #expect(policy.standing(at: due, confirmed: confirmed) == next.standing)
                    #expect(policy.standing(at: due - .milliseconds(1), confirmed: confirmed) == now)
                }
            }
        }
    }
}
