import NIOCore
import NIOHTTP1
import ServiceCenterWire

/// Hands the answers of one connection to its socket, one at a time. The end of an answer waits until the client has
/// taken nearly all of it: only then the connection's next request is looked at, so that a client that asks and does
/// not read holds one answer, not many. Lives on its event loop.
final class AnswerOutlet {
    /// Bodies from this size on may fill the socket.
    private static let largeBody = 32 << 10
    /// Pieces of a dump that are made in one turn of the event loop, which others wait for meanwhile.
    private static let piecesAtOnce = 4

    private let load: LoadGauge
    private var closes = false
    /// The bytes that the client is slow to take, while the end of their answer waits for it.
    private var waitingBytes: Int?
    private var dump: Dump?

    /// What is left of an answer that is made piece by piece.
    private struct Dump {
        var writer: DumpWriter
        let gzip: GzipStream?
        var isTurnDue = false
    }

    init(load: LoadGauge) { self.load = load }

    /// Sends a whole answer.
    func send(_ answer: PreparedAnswer, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        begin(answer.head, request, context)
        if let body = answer.body, body.readableBytes > 0, request.method != .HEAD {
            write(.body(.byteBuffer(body)), context)
            if body.readableBytes >= AnswerOutlet.largeBody {
                context.flush()
                guard context.channel.isWritable || !context.channel.isActive else {
                    waitingBytes = body.readableBytes
                    return load.wait(bytes: body.readableBytes)
                }
            }
        }
        finish(context)
    }

    /// Sends a dump while it is made.
    func send(
        _ writer: DumpWriter, _ head: HTTPResponseHead, gzip: GzipStream?, to request: HTTPRequestHead,
        _ context: ChannelHandlerContext
    ) {
        begin(head, request, context)
        guard request.method != .HEAD else { return finish(context) }
        dump = Dump(writer: writer, gzip: gzip)
        sendPieces(context)
    }

    /// Goes on when the client takes more.
    func writabilityChanged(_ context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        if let bytes = waitingBytes {
            waitingBytes = nil
            load.taken(bytes: bytes)
            finish(context)
        } else {
            sendPieces(context)
        }
    }

    /// The connection is gone.
    func end() {
        if let bytes = waitingBytes { load.taken(bytes: bytes) }
        waitingBytes = nil
        dump = nil
    }

    private func begin(_ head: HTTPResponseHead, _ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var head = head
        closes = !request.isKeepAlive
        if request.version != head.version { head.version = request.version }
        if closes { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        write(.head(head), context)
    }

    private func write(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
        context.write(NIOAny(part), promise: nil)
    }

    private func finish(_ context: ChannelHandlerContext) {
        let end = NIOAny(HTTPServerResponsePart.end(nil))
        guard closes else { return context.writeAndFlush(end, promise: nil) }
        context.writeAndFlush(end).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }

    /// Sends as much of the dump as the client takes, some pieces in one turn.
    private func sendPieces(_ context: ChannelHandlerContext) {
        guard dump?.isTurnDue == false else { return }
        for _ in 0..<AnswerOutlet.piecesAtOnce {
            guard dump != nil, context.channel.isWritable else { return }
            let piece = dump?.writer.next().map { ByteBuffer(bytes: $0) }
            let bytes = compressed(piece)
            if bytes.readableBytes > 0 {
                write(.body(.byteBuffer(bytes)), context)
                context.flush()
            }
            if piece == nil {
                dump = nil
                return finish(context)
            }
        }
        dump?.isTurnDue = true
        context.eventLoop.assumeIsolated().execute {
            self.dump?.isTurnDue = false
            self.sendPieces(context)
        }
    }

    /// A piece as it is sent; nil stands for the end, after which compression gives what it held back.
    private func compressed(_ piece: ByteBuffer?) -> ByteBuffer {
        guard let gzip = dump?.gzip else { return piece ?? ByteBuffer() }
        var output = ByteBuffer()
        gzip.write(piece ?? ByteBuffer(), isLast: piece == nil, into: &output)
        return output
    }
}
