import Locks
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

@Suite("Writes that wait for the disk")
struct WriteTurnsTests {
    /// A disk that notes how it was used.
    private final class Disk: Sendable {
        private let state = Mutex((sets: [Int](), running: 0, mostRunning: 0))
        var sets: [Int] { state.withLock { $0.sets } }
        var mostRunning: Int { state.withLock { $0.mostRunning } }

        @Sendable func keep(_ set: [WriteTurns.Work]) async -> [WriteTurns.Answer] {
            state.withLock { state in
                state.running += 1
                state.mostRunning = max(state.mostRunning, state.running)
                state.sets.append(set.count)
            }
            await Task.yield()
            state.withLock { $0.running -= 1 }
            return set.map { work in
                guard case .perform(.registerMicroservice(let body), _, _) = work else { return .success(.init()) }
                return .success(WriteAnswer(body: body))
            }
        }
    }

    @Test("each get their own answer, one set after another, and many share a set")
    func order() async throws {
        let (turns, disk) = (WriteTurns(), Disk())
        let answers = await withTaskGroup(of: (Int, String).self, returning: [(Int, String)].self) { group in
            for number in 0..<200 {
                group.addTask {
                    let answer = await turns.take(WriteTurnsTests.work(number), disk.keep)
                    return (number, String(decoding: (try? answer.get().body) ?? [], as: UTF8.self))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 200)
        for (number, answer) in answers { #expect(answer == "\(number)") }
        #expect(disk.sets.reduce(0, +) == 200)
        #expect(disk.mostRunning == 1)
    }

    /// A write that is known by its body.
    private static func work(_ number: Int) -> WriteTurns.Work {
        let moment = LocalRegistry.Moment(time: UnixTime(nanoseconds: 0), newInstanceID: InstanceID("i"))
        return .perform(.registerMicroservice(body: Array("\(number)".utf8)), .default, moment)
    }
}
