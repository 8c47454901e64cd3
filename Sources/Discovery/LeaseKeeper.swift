package import Registry

/// A source that keeps the leases of its instances itself, and so knows when they end. Of an upstream only the length
/// of a lease is known: nobody tells us of its heartbeats.
package protocol LeaseKeeper: Source {
    /// When an instance's lease ends unless it is heard of before; nil when it has none.
    func leaseEnd(of instance: InstanceRef) -> UnixTime?
}
