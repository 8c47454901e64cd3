import Registry

/// A token that the upstream gave for a while, and who renews it. Pure: the clock and the jitter come in.
struct TokenLease {
    /// What somebody who needs the token is to do.
    enum Step {
        case use(Secret)
        /// Ask for a new one, then say how it went; with the old one, which is still good, should that fail.
        case renew(orUse: Secret?)
        /// Wait until the one who renews it is done, then ask again.
        case wait
        /// The upstream has no tokens.
        case unneeded
        /// It was asked for in vain a moment ago.
        case fail(SourceFailure)
    }

    /// A token that is refused sooner than this was never good: another one would not be either.
    private static let shortest = Duration.seconds(5)
    private static let backoff = Backoff(interval: .seconds(60), first: .seconds(1))

    private struct Token {
        var secret: Secret
        var givenAt: Duration
        var renewAt: Duration
        /// Nil when the token does not say.
        var endsAt: Duration?

        func isGood(at now: Duration) -> Bool { endsAt.map { now < $0 } ?? true }
    }

    private let renewAfter: Duration
    private var token: Token?
    private(set) var isRenewing = false
    private var failure: (reason: SourceFailure, until: Duration)?
    private var failures = 0
    /// Until when nobody asks an upstream that has no tokens.
    private var unneededUntil: Duration?

    /// - Parameter renewAfter: how long a token is used that does not say when it ends.
    init(renewAfter: Duration) { self.renewAfter = renewAfter }

    mutating func want(at now: Duration) -> Step {
        let good = token.flatMap { $0.isGood(at: now) ? $0 : nil }
        if let good, now < good.renewAt { return .use(good.secret) }
        if let unneededUntil, now < unneededUntil { return .unneeded }
        if isRenewing { return good.map { .use($0.secret) } ?? .wait }
        if let failure, now < failure.until { return good.map { .use($0.secret) } ?? .fail(failure.reason) }
        isRenewing = true
        return .renew(orUse: good?.secret)
    }

    /// A new token, and how long it lasts from now on, if it says so. It is renewed when a fifth of that is left.
    mutating func renewed(_ secret: Secret, lifetime: Duration?, at now: Duration) {
        isRenewing = false
        failure = nil
        let lasts = lifetime.flatMap { $0 > .zero ? $0 : nil }
        token = Token(
            secret: secret, givenAt: now, renewAt: now + (lasts.map { $0 * 0.8 } ?? renewAfter),
            endsAt: lasts.map { now + $0 })
    }

    /// The upstream has no tokens: nobody asks again for as long as a token would have been used.
    mutating func unneeded(at now: Duration) {
        isRenewing = false
        failure = nil
        unneededUntil = now + renewAfter
    }

    /// It wants one after all.
    mutating func needed() { unneededUntil = nil }

    /// The upstream gives none: nobody asks again for a while.
    mutating func failed(_ reason: SourceFailure, at now: Duration, jitter: Double) {
        isRenewing = false
        failures += 1
        failure = (reason, now + TokenLease.backoff.pause(afterFailures: failures, jitter: jitter))
    }

    /// Whoever renewed it was cancelled, or got no answer: the next one does it.
    mutating func givenUp() { isRenewing = false }

    /// The upstream took it.
    mutating func accepted(_ secret: Secret) {
        if token?.secret == secret { failures = 0 }
    }

    /// The upstream does not take it. What was not good from the first moment on counts as a failure.
    mutating func refused(_ secret: Secret, at now: Duration, jitter: Double) {
        guard let token, token.secret == secret else { return }
        self.token = nil
        guard now - token.givenAt < TokenLease.shortest else { return }
        failed(.unauthorized("the upstream refuses the token that it gave"), at: now, jitter: jitter)
    }
}
