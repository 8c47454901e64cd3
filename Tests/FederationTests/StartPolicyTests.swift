import Federation
import Locks
import Registry
import Testing

@Suite(.timeLimit(.minutes(1))) struct StartPolicyTests {
    private let registry = FederatedRegistry(
        sources: ["a", "b"].map {
            SourceStatus(source: SourceID($0), plugin: "scripted", endpoints: [], since: UnixTime(nanoseconds: 0))
        }, epoch: 7, logCapacity: 1_000, clock: FixedTime(42))
    private let time = ManualTime()

    private func speak(_ name: String) {
        registry.update(SourceID(name)) {
            $0.state = .synced
            $0.lastSuccess = UnixTime(nanoseconds: 1)
        }
    }

    private func fail(_ name: String) { registry.update(SourceID(name)) { $0.state = .stale } }

    @Test func `All waits for the last source, and a failure is a word`() {
        #expect(!StartPolicy(.all).isFulfilled(by: registry.view))
        speak("a")
        #expect(!StartPolicy(.all).isFulfilled(by: registry.view))
        fail("b")
        #expect(StartPolicy(.all).isFulfilled(by: registry.view))
    }

    @Test func `Any waits for something to show: a failure is not enough`() {
        fail("a")
        fail("b")
        #expect(!StartPolicy(.any).isFulfilled(by: registry.view))
        speak("b")
        #expect(StartPolicy(.any).isFulfilled(by: registry.view))
    }

    @Test func `The wait ends with the deadline, and says that it was that`() async {
        let policy = StartPolicy(.all, deadline: .milliseconds(25))
        async let isFulfilled = StartPolicy.wait(for: registry, clock: time) { policy }
        for pause in 1...3 {
            await time.pauses(begun: pause)
            time.advance(by: .milliseconds(10))
        }
        #expect(await !isFulfilled)
    }

    @Test func `The wait ends when the sources have spoken`() async {
        async let isFulfilled = StartPolicy.wait(for: registry, clock: time) { StartPolicy(.all) }
        await time.pauses(begun: 1)
        speak("a")
        speak("b")
        time.advance(by: .milliseconds(10))
        #expect(await isFulfilled)
    }

    @Test func `The wait ends by the policy that holds then, whatever was declared when it began`() async {
        let policy = Mutex(StartPolicy(.all, deadline: .seconds(3_600)))
        async let isFulfilled = StartPolicy.wait(for: registry, clock: time) { policy.withLock { $0 } }
        await time.pauses(begun: 1)
        speak("a")
        policy.withLock { $0.condition = .any }
        time.advance(by: .milliseconds(10))
        #expect(await isFulfilled)
    }
}
