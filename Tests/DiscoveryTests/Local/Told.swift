import Discovery
import Locks
import Registry

/// What a source told, in order.
final class Told: Sendable {
    private let deltas = Mutex<[RegistryDelta]>([])
    var all: [RegistryDelta] { deltas.withLock { $0 } }
    func take(_ news: SourceNews) {
        if case .delta(let delta) = news { deltas.withLock { $0.append(delta) } }
    }
}
