import Locks
import Registry
import ServiceCenterWire

/// Lines writes up: one set of them is done at a time, and whatever comes meanwhile makes the next set, so that many
/// writes share one wait for the disk. Whoever comes first does the work for all of the set.
final class WriteTurns: Sendable {
    enum Work: Sendable {
        case perform(RegistryWrite, Tenant, LocalRegistry.Moment)
        /// Removes the instances whose leases have ended when its turn comes.
        case expire
    }

    typealias Answer = Result<WriteAnswer, ServiceCenterError>

    private enum Step {
        case lead
        case done(Answer)
    }

    private struct Turn {
        let work: Work
        let continuation: CheckedContinuation<Step, Never>
    }

    private struct Line {
        var isBusy = false
        /// The first one leads the next set.
        var waiting: [Turn] = []
    }

    private let line = Mutex(Line())

    /// Waits for its turn and gives the answer; `perform` does a whole set, and gives an answer for each of it.
    func take(_ work: Work, _ perform: ([Work]) async -> [Answer]) async -> Answer {
        let step = await withCheckedContinuation { continuation in
            let leads = line.withLock { line in
                line.waiting.append(Turn(work: work, continuation: continuation))
                defer { line.isBusy = true }
                return !line.isBusy
            }
            if leads { continuation.resume(returning: .lead) }
        }
        if case .done(let answer) = step { return answer }
        let set = line.withLock { line in
            defer { line.waiting = [] }
            return line.waiting
        }
        let answers = await perform(set.map(\.work))
        for (turn, answer) in zip(set, answers).dropFirst() { turn.continuation.resume(returning: .done(answer)) }
        let next = line.withLock { line in
            line.isBusy = !line.waiting.isEmpty
            return line.waiting.first
        }
        next?.continuation.resume(returning: .lead)
        return answers[0]
    }
}
