import NIOCore

/// One cache for each event loop, so that none needs a lock.
final class AnswerCaches: Sendable {
    private let boxes: [ObjectIdentifier: NIOLoopBoundBox<AnswerCache?>]
    private let bytesEach: Int
    private let counters: AnswerCounters

    /// Caches that keep at most so many bytes together.
    init(_ group: any EventLoopGroup, bytes: Int, counters: AnswerCounters) {
        let loops = Array(group.makeIterator())
        bytesEach = bytes / max(1, loops.count)
        self.counters = counters
        boxes = Dictionary(
            uniqueKeysWithValues: loops.map {
                (ObjectIdentifier($0), NIOLoopBoundBox.makeEmptyBox(valueType: AnswerCache.self, eventLoop: $0))
            })
    }

    /// The cache of an event loop; only to be asked on that loop.
    func cache(of eventLoop: any EventLoop) -> AnswerCache {
        let box = boxes[ObjectIdentifier(eventLoop)]
        if let cache = box?.value { return cache }
        let cache = AnswerCache(bytes: bytesEach, counters: counters)
        box?.value = cache
        return cache
    }
}
