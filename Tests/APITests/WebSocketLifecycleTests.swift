import API
import Testing

@Suite struct WebSocketLifecycleTests {
    @Test("a silent client is pinged every 30 seconds and given up after 120")
    func silent() {
        var lifecycle = WebSocketLifecycle(openedAt: .zero)
        var happened: [Int: [WebSocketLifecycle.Due]] = [:]
        for second in 1...120 {
            let next = lifecycle.nextDue
            let due = lifecycle.tick(at: .seconds(second))
            #expect(due.isEmpty == (.seconds(second) < next))
            if !due.isEmpty { happened[second] = due }
        }
        #expect(happened == [30: [.ping], 60: [.ping], 90: [.ping], 120: [.close]])
    }

    @Test("a client that answers stays, and one that pings by itself is pinged no more")
    func alive() {
        var lifecycle = WebSocketLifecycle(openedAt: .zero)
        #expect(lifecycle.tick(at: .seconds(30)) == [.ping])
        lifecycle.heard(ping: false, at: .seconds(31))
        #expect(lifecycle.tick(at: .seconds(60)) == [.ping])
        #expect(lifecycle.tick(at: .seconds(125)) == [.ping])
        lifecycle.heard(ping: true, at: .seconds(126))
        #expect(lifecycle.tick(at: .seconds(160)) == [])
        #expect(lifecycle.tick(at: .seconds(245)) == [])
        #expect(lifecycle.tick(at: .seconds(246)) == [.close])
    }

    @Test("a watch that has words of its own says one at its interval, whether its client pings or not")
    func notes() {
        var lifecycle = WebSocketLifecycle(openedAt: .zero, noteEvery: .seconds(10))
        #expect(lifecycle.nextDue == .seconds(10))
        #expect(lifecycle.tick(at: .seconds(10)) == [.note])
        lifecycle.heard(ping: true, at: .seconds(12))
        #expect(lifecycle.tick(at: .seconds(20)) == [.note])
        #expect(lifecycle.tick(at: .seconds(30)) == [.note])
    }
}
