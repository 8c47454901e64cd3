import NIOCore

/// Asks an HTTP proxy for a tunnel as soon as the connection to it stands. What stands behind it in the pipeline hears
/// of a connection when the tunnel stands; then the handler is gone.
final class ProxyTunnel: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let maxHeadBytes = 16 << 10
    private static let endOfHead = Array("\r\n\r\n".utf8)

    private let destination: String
    private var answer: [UInt8] = []

    /// - Parameter destination: host and port as they stand in a URL.
    init(to destination: String) { self.destination = destination }

    func channelActive(context: ChannelHandlerContext) {
        let request = "CONNECT \(destination) HTTP/1.1\r\nHost: \(destination)\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        answer += unwrapInboundIn(data).readableBytesView
        guard let end = answer.firstRange(of: ProxyTunnel.endOfHead)?.upperBound else {
            if answer.count > ProxyTunnel.maxHeadBytes { fail("the proxy's answer is too long", context) }
            return
        }
        let words = String(decoding: answer[..<end], as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1].prefix(3)) else {
            return fail("the proxy speaks no HTTP", context)
        }
        guard (200..<300).contains(status) else { return fail("the proxy answered \(status)", context) }
        let rest = Array(answer[end...])
        context.fireChannelActive()
        if !rest.isEmpty { context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: rest))) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func fail(_ problem: String, _ context: ChannelHandlerContext) {
        context.fireErrorCaught(WebSocketClient.Failure.cannotConnect(problem))
        context.close(promise: nil)
    }
}
