import NIOCore
import NIOEmbedded
import Testing

@testable import API

@Suite struct SilenceLimitTests {
    /// A connection of which every byte is a sign of life.
    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let silence = SilenceLimit(.seconds(60))

        func handlerAdded(context: ChannelHandlerContext) { silence.begin(context) }
        func handlerRemoved(context: ChannelHandlerContext) { silence.end() }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { silence.sign(at: context.eventLoop.now) }
    }

    @Test("a connection that is silent for the whole time is closed, one that is not stays open")
    func silence() throws {
        let channel = EmbeddedChannel(handler: Listener())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        for _ in 0..<10 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(59))
            #expect(channel.isActive)
            try channel.writeInbound(ByteBuffer(string: "x"))
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }
}
