import NIOCore

/// One cache for each event loop, so that none needs a lock.
final class AnswerCaches: Sendable {
    private let boxes: [ObjectIdentifier: NIOLoopBoundBox<AnswerCache?>]
    private let limits: LimitsInForce
    private let counters: AnswerCounters

    /// Caches that keep at most `keptBytes` together: what holds of that is looked up once a second.
    init(_ group: any EventLoopGroup, limits: LimitsInForce, counters: AnswerCounters) {
        let loops = Array(group.makeIterator())
        self.limits = limits
        self.counters = counters
        boxes = Dictionary(
            uniqueKeysWithValues: loops.map {
                (ObjectIdentifier($0), NIOLoopBoundBox.makeEmptyBox(valueType: AnswerCache.self, eventLoop: $0))
            })
        for loop in loops {
            loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [self] _ in
                boxes[ObjectIdentifier(loop)]?.value?.resize(to: bytesEach)
            }
        }
    }

    private var bytesEach: Int { limits.now.keptBytes / max(1, boxes.count) }

    /// The cache of an event loop; only to be asked on that loop.
    func cache(of eventLoop: any EventLoop) -> AnswerCache {
        let box = boxes[ObjectIdentifier(eventLoop)]
        if let cache = box?.value { return cache }
        let cache = AnswerCache(bytes: bytesEach, counters: counters)
        box?.value = cache
        return cache
    }
}
