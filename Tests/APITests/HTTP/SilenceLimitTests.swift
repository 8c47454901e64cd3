import NIOCore
import NIOEmbedded
import Testing

@testable import API

@Suite struct SilenceLimitTests {
    /// A connection of which every byte is a sign of life.
    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let silence = SilenceLimit(.seconds(60))
        let timers = LoopTimers(at: .zero)

        func handlerAdded(context: ChannelHandlerContext) { silence.begin(context, timers, at: .zero) }
        func handlerRemoved(context: ChannelHandlerContext) { silence.end(timers) }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { silence.sign(at: context.eventLoop.now) }
    }

    @Test("a connection that is silent for the whole time is closed, one that is not stays open")
    func silence() throws {
        let listener = Listener()
        let channel = EmbeddedChannel(handler: listener)
        var seconds = 0
        func pass(_ count: Int) {
            for _ in 0..<count {
                seconds += 1
                channel.embeddedEventLoop.advanceTime(by: .seconds(1))
                listener.timers.advance(to: .seconds(seconds))
            }
        }
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        for _ in 0..<10 {
            pass(59)
            #expect(channel.isActive)
            try channel.writeInbound(ByteBuffer(string: "x"))
        }
        pass(59)
        #expect(channel.isActive)
        pass(3)
        #expect(!channel.isActive)
    }
}
