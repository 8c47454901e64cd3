/// How long withdrawals of a source are held at the most. Who withdraws the same again, because the source was declared
/// otherwise or the process began anew, does not begin a new time. Times are since a fixed point.
package struct HeldLeases: Sendable, Equatable {
    /// When the first of them was held.
    package let since: Duration
    /// When each instance's lease would have ended.
    package let ends: [InstanceRef: Duration]
    let microservices: Set<ServiceRef>

    package init(since: Duration, ends: [InstanceRef: Duration], microservices: Set<ServiceRef> = []) {
        self.since = since
        self.ends = ends
        self.microservices = microservices
    }
}
