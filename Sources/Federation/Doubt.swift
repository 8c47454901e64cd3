package import Registry

/// How far a source's guard doubts its word on one instance.
package struct Doubt: Sendable, Equatable {
    /// Whether the source has withdrawn the instance, which is not believed yet.
    package let isHeld: Bool
    /// When that is believed at the latest; nil when only an operator ends it.
    package let heldUntil: UnixTime?
    /// Whether the instance comes and goes too often to be believed when it says that it is well.
    package let isDamped: Bool

    /// `uptime` and `now` are the same moment on two clocks; a source without a guard is believed wholly.
    init(on ref: InstanceRef, at place: InstancePlace?, by trust: SourceGuard?, uptime: Duration, now: UnixTime) {
        let held = trust?.held
        let end = held?.deadline(of: ref)
        isHeld = end != nil
        isDamped = place.flatMap { trust?.isDamped($0) } ?? false
        guard let end, let last = held?.until, end <= last, trust?.isHeldByOperator == false else {
            heldUntil = nil
            return
        }
        heldUntil = now.advanced(by: end - uptime)
    }
}
