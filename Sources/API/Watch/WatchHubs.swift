import Federation
import NIOCore
import Synchronization

/// One hub for each event loop, and how they are woken.
final class WatchHubs: Sendable {
    private struct Member: Sendable {
        let eventLoop: any EventLoop
        let hub: NIOLoopBound<WatchHub>
        /// Whether a turn is already on its way: any number of changes wakes a loop once.
        let isWoken: Box
    }

    /// A flag that both the writer's thread and the event loop see.
    private final class Box: Sendable {
        let flag = Atomic(false)
    }

    private let members: [ObjectIdentifier: Member]

    private init(_ members: [Member]) {
        self.members = Dictionary(uniqueKeysWithValues: members.map { (ObjectIdentifier($0.eventLoop), $0) })
    }

    static func make(_ group: any EventLoopGroup, _ services: Services) async throws -> WatchHubs {
        var members: [Member] = []
        for eventLoop in group.makeIterator() {
            let hub = try await eventLoop.submit {
                let hub = WatchHub(services: services, eventLoop: eventLoop)
                let bound = NIOLoopBound(hub, eventLoop: eventLoop)
                eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
                    bound.value.tick()
                }
                return bound
            }.get()
            members.append(Member(eventLoop: eventLoop, hub: hub, isWoken: Box()))
        }
        return WatchHubs(members)
    }

    /// The hub of a connection's event loop; only to be asked on that loop.
    func hub(of eventLoop: any EventLoop) -> WatchHub? { members[ObjectIdentifier(eventLoop)]?.hub.value }

    /// Tells every loop that there is something new; called on any thread.
    func wake() {
        for member in members.values {
            guard !member.isWoken.flag.exchange(true, ordering: .acquiringAndReleasing) else { continue }
            member.eventLoop.execute {
                member.isWoken.flag.store(false, ordering: .releasing)
                member.hub.value.run()
            }
        }
    }

    /// Ends every watch.
    func closeAll() async {
        for member in members.values {
            try? await member.eventLoop.submit { member.hub.value.closeAll() }.get()
        }
    }
}
