import Locks
import Logging
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import API

@Suite("A listening socket")
struct AcceptPauseTests {
    @Test("that cannot take a connection for want of descriptors is not looked at for a moment, then takes them again")
    func pauses() async throws {
        let accepted = Mutex(0)
        let listening = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: Logger(label: "test")))
                }
            }
            .childChannelInitializer { channel in
                accepted.withLock { $0 += 1 }
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let isReading = { try await listening.getOption(.autoRead).get() }
        #expect(try await isReading())
        listening.pipeline.fireErrorCaught(IOError(errnoCode: 24, reason: "accept"))
        #expect(try await !isReading())
        let address = try #require(listening.localAddress)
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(to: address).get()
        try await eventually("the connection is taken") { accepted.withLock { $0 } == 1 }
        #expect(try await isReading())
        try await client.close()
        try await listening.close()
    }
}
