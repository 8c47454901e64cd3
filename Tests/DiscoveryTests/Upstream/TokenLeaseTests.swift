import Foundation
import Registry
import Testing

@testable import Discovery

@Suite("A token that an upstream gives for a while")
struct TokenLeaseTests {
    private let first = Secret("first")
    private let second = Secret("second")

    @Test("is asked for once, while the others wait")
    func one() {
        var lease = TokenLease(renewAfter: .seconds(100))
        #expect(lease.want(at: .zero).words == "renew")
        #expect(lease.want(at: .zero).words == "wait")
        lease.renewed(first, lifetime: nil, at: .zero)
        #expect(lease.want(at: .seconds(1)).words == "use first")
    }

    @Test("is renewed before it ends, and used meanwhile")
    func early() {
        var lease = TokenLease(renewAfter: .seconds(100))
        _ = lease.want(at: .zero)
        lease.renewed(first, lifetime: .seconds(1_000), at: .zero)
        #expect(lease.want(at: .seconds(799)).words == "use first")
        #expect(lease.want(at: .seconds(800)).words == "renew or use first")
        #expect(lease.want(at: .seconds(800)).words == "use first")
        lease.failed(.timedOut(""), at: .seconds(800), jitter: 0)
        #expect(lease.want(at: .seconds(800)).words == "use first")
        #expect(lease.want(at: .seconds(801)).words == "renew or use first")
        // It has ended while the upstream was asked.
        #expect(lease.want(at: .seconds(1_000)).words == "wait")
        lease.renewed(second, lifetime: .seconds(1_000), at: .seconds(1_000))
        #expect(lease.want(at: .seconds(1_000)).words == "use second")
    }

    @Test("that does not say when it ends, or ended before it began, is renewed after the declared time")
    func silent() {
        for lifetime in [nil, Duration.zero, .seconds(-3_600)] {
            var lease = TokenLease(renewAfter: .seconds(100))
            _ = lease.want(at: .zero)
            lease.renewed(first, lifetime: lifetime, at: .zero)
            #expect(lease.want(at: .seconds(99)).words == "use first")
            #expect(lease.want(at: .seconds(100)).words == "renew or use first")
        }
    }

    @Test("that is not to be had is not asked for again at once: a second later, then two, up to a minute")
    func backoff() {
        var lease = TokenLease(renewAfter: .seconds(100))
        var now = Duration.zero
        for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(lease.want(at: now).words == "renew")
            lease.failed(.unauthorized("no"), at: now, jitter: 0)
            now += .seconds(pause) - .milliseconds(1)
            #expect(lease.want(at: now).words == "fail no")
            now += .milliseconds(1)
        }
    }

    @Test("that is refused is renewed; one that is refused as soon as it was given counts as none")
    func refused() {
        var lease = TokenLease(renewAfter: .seconds(100))
        _ = lease.want(at: .zero)
        lease.renewed(first, lifetime: nil, at: .zero)
        lease.refused(second, at: .seconds(6), jitter: 0)
        #expect(lease.want(at: .seconds(6)).words == "use first")
        lease.refused(first, at: .seconds(6), jitter: 0)
        #expect(lease.want(at: .seconds(6)).words == "renew")
        lease.renewed(second, lifetime: nil, at: .seconds(6))
        lease.refused(second, at: .seconds(7), jitter: 0)
        #expect(lease.want(at: .seconds(7)).words == "fail the upstream refuses the token that it gave")
        // Given and refused again and again, it is asked for less and less often.
        #expect(lease.want(at: .seconds(8)).words == "renew")
        lease.renewed(first, lifetime: nil, at: .seconds(8))
        lease.refused(first, at: .seconds(8), jitter: 0)
        #expect(lease.want(at: .milliseconds(9_999)).words.hasPrefix("fail"))
        #expect(lease.want(at: .seconds(10)).words == "renew")
        lease.renewed(second, lifetime: nil, at: .seconds(10))
        lease.accepted(second)
        lease.refused(second, at: .seconds(10), jitter: 0)
        #expect(lease.want(at: .seconds(11)).words == "renew")
    }

    @Test("is renewed by the next one when the one who did it is cancelled")
    func cancelled() {
        var lease = TokenLease(renewAfter: .seconds(100))
        _ = lease.want(at: .zero)
        lease.givenUp()
        #expect(lease.want(at: .zero).words == "renew")
    }

    @Test(
        "says in its claims how long it lasts, from when it was given if it says that too",
        arguments: [
            (#"{"account":"a","roles":["admin"],"exp":1800}"#, 800), (#"{"exp":1800,"iat":1700}"#, 100),
            (#"{"iat":90000,"exp":93600}"#, 3_600), (#"{"exp":999}"#, nil), (#"{"exp":"soon"}"#, nil), ("{}", nil),
            ("no JSON", nil), (#"{"exp":1800.5}"#, nil),
        ])
    func claims(payload: String, seconds: Int?) {
        let token = "eyJhbGciOiJSUzUxMiJ9.\(base64(payload)).c2ln"
        let lifetime = TokenClaims.lifetime(of: token, at: UnixTime(nanoseconds: 1_000_000_000_000))
        #expect(lifetime == seconds.map { .seconds($0) })
    }

    @Test("that is no JSON Web Token says nothing", arguments: ["", "opaque", "a.b", "a.!.c", "a.b.c.d", "..."])
    func opaque(token: String) {
        #expect(TokenClaims.lifetime(of: token, at: UnixTime(nanoseconds: 0)) == nil)
    }
}

extension TokenLease.Step {
    fileprivate var words: String {
        switch self {
        case .use(let token): "use \(token.reveal())"
        case .renew(let old): old.map { "renew or use \($0.reveal())" } ?? "renew"
        case .wait: "wait"
        case .unneeded: "unneeded"
        case .fail(.unauthorized(let reason)): "fail \(reason)"
        case .fail(let reason): "fail \(reason)"
        }
    }
}

private func base64(_ text: String) -> String {
    Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}
