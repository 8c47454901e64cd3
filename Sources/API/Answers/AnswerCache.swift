import NIOCore
import ServiceCenterWire

/// What one event loop remembers of its answers, so that what did not change is neither asked for nor written again.
/// Whole answers are good while the registry's tables are the same; bodies, while what they show is the same. Each of
/// both is bounded by bytes, and what was not used lately goes first.
final class AnswerCache {
    private let counters: AnswerCounters
    private var answers: RecentlyUsed<RequestKey, KeptAnswer>
    private var bodies: RecentlyUsed<BodyKey, EncodedBody>
    /// The tables that `answers` were made from.
    private var generation: UInt64 = 0

    /// Keeps at most so many bytes, half of them as whole answers.
    init(bytes: Int, counters: AnswerCounters) {
        self.counters = counters
        answers = RecentlyUsed(bytes: bytes / 2)
        bodies = RecentlyUsed(bytes: bytes / 2)
    }

    /// Keeps at most so many bytes from now on.
    func resize(to bytes: Int) {
        answers.resize(to: bytes / 2)
        bodies.resize(to: bytes / 2)
    }

    /// How much is kept now.
    var bytes: Int { answers.bytes + bodies.bytes }

    /// The answer that was given to the same request over the same tables.
    func answer(to key: RequestKey, over generation: UInt64) -> KeptAnswer? {
        if generation != self.generation {
            answers.removeAll()
            self.generation = generation
            return nil
        }
        return answers.value(of: key)
    }

    /// Keeps an answer that was made from tables of this generation or later ones.
    func keep(_ answer: KeptAnswer, to key: RequestKey, over generation: UInt64) {
        guard generation == self.generation else { return }
        answers.keep(answer, under: key, bytes: answer.bytes + key.bytes)
    }

    /// The body for a key, written when it is not there.
    func body(_ key: BodyKey, _ write: (inout JSONWriter) -> Void) -> EncodedBody {
        if let body = bodies.value(of: key) {
            counters.keptBody()
            return body
        }
        counters.encodedBody()
        var writer = JSONWriter(reserving: 4_096)
        write(&writer)
        let body = EncodedBody(ByteBuffer(bytes: writer.bytes))
        bodies.keep(body, under: key, bytes: body.bytes + 512)
        return body
    }
}
