import Synchronization

/// How answers came about, since the process began.
package final class AnswerCounters: Sendable {
    private let keptAnswers = Atomic(0)
    private let keptBodies = Atomic(0)
    private let encodedBodies = Atomic(0)
    private let compressedBodies = Atomic(0)

    package init() {}

    /// Answers that were given once more, without asking the registry.
    package var repeated: Int { keptAnswers.load(ordering: .relaxed) }
    /// Answers that were found anew, with a body that was there already.
    package var reused: Int { keptBodies.load(ordering: .relaxed) }
    /// Bodies that were written anew although they may be kept.
    package var encoded: Int { encodedBodies.load(ordering: .relaxed) }
    /// Bodies that went through gzip.
    package var gzipped: Int { compressedBodies.load(ordering: .relaxed) }

    func keptAnswer() { keptAnswers.add(1, ordering: .relaxed) }
    func keptBody() { keptBodies.add(1, ordering: .relaxed) }
    func encodedBody() { encodedBodies.add(1, ordering: .relaxed) }
    func compressed() { compressedBodies.add(1, ordering: .relaxed) }
}
