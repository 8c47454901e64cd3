package import Registry

/// What becomes of a source's instances when its data has not been confirmed for long.
package struct StalenessPolicy: Sendable, Equatable {
    package enum Treatment: String, Sendable, CaseIterable { case serve, mark, demote, drop }

    /// The age of the data, counted from the last confirmed read, from which it is treated so.
    package var after = Duration.seconds(90)
    package var treatment = Treatment.serve
    /// How long it is treated so before its instances are dropped; nil for ever.
    package var lasting: Duration?

    package init() {}

    /// What the source's word is worth at this age of its data.
    package func standing(at age: Duration, confirmed: UnixTime) -> Standing {
        guard age >= after else { return .full }
        if let lasting, age >= after + lasting { return .dropped }
        return switch treatment {
        case .serve: .full
        case .mark: .marked(since: confirmed)
        case .demote: .demoted
        case .drop: .dropped
        }
    }

    /// What the source's word becomes next, and when, if no read confirms its data before; nil when it stays what it is
    /// at this age.
    package func next(at age: Duration, confirmed: UnixTime) -> (standing: Standing, at: UnixTime)? {
        guard let pause = pause(at: age) else { return nil }
        let next = standing(at: age + pause, confirmed: confirmed)
        guard next != standing(at: age, confirmed: confirmed) else { return nil }
        return (next, confirmed.advanced(by: age + pause))
    }

    /// How long until the standing may change; nil when it does not any more.
    package func pause(at age: Duration) -> Duration? {
        let ages = [treatment == .serve ? nil : after, lasting.map { after + $0 }]
        return ages.compactMap { $0 }.filter { $0 > age }.min().map { $0 - age }
    }
}
