import Discovery
import Locks
import Registry

/// How a read went, and what it told.
@dynamicMemberLookup
struct ToldReading: Sendable {
    let reading: SourceReading
    let delta: RegistryDelta

    subscript<Value>(dynamicMember member: KeyPath<SourceReading, Value>) -> Value { reading[keyPath: member] }
}

extension Source {
    /// Reads once, and collects what is told.
    func read() async throws(SourceFailure) -> ToldReading {
        let told = Mutex(RegistryDelta())
        let reading = try await read { delta in told.withLock { $0 = delta } }
        return ToldReading(reading: reading, delta: told.withLock { $0 })
    }
}
