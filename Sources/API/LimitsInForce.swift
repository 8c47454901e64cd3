import Locks

/// The limits that hold at this moment. Whoever begins a connection, a request or a watch looks them up, and keeps to
/// them to its end; looking up costs a lock.
package final class LimitsInForce: Sendable {
    private let limits: Mutex<APILimits>

    package init(_ limits: APILimits) { self.limits = Mutex(limits) }

    package var now: APILimits { limits.withLock { $0 } }

    /// Others hold from now on. What is over its limit already stays, and nothing more comes to it.
    package func adopt(_ limits: APILimits) { self.limits.withLock { $0 = limits } }
}
