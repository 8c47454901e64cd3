import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A service-center of one process that lets itself be observed: its dump never changes, and its watch tells updates at
/// a steady pace, each stamped when it is written. A line `PER_SECOND COUNT` on standard input begins such a series.
struct FrameUpstream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frame-upstream", abstract: "Tell updates as a service-center does (started by the benchmarks).")

    /// Microservices with ten instances each, those of `DumpText`.
    @Option var instances: Int

    func run() async throws {
        let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
        let text = DumpText(source: 1, instances: instances)
        let dump = ByteBuffer(bytes: text.render(variant: 0))
        let teller = try await loop.submit { NIOLoopBound(FrameTeller(text, loop), eventLoop: loop) }.get()
        let channel = try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrader = NIOWebSocketServerUpgrader(
                        // Only a Mainstem has a watch of everything.
                        shouldUpgrade: { channel, head in
                            channel.eventLoop.makeSucceededFuture(head.uri.hasSuffix("/watcher") ? [:] : nil)
                        },
                        upgradePipelineHandler: { channel, _ in
                            teller.value.watchers.append(channel)
                            return channel.eventLoop.makeSucceededVoidFuture()
                        })
                    let answers = NIOLoopBound(FrameUpstreamAnswers(dump), eventLoop: channel.eventLoop)
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withServerUpgrade: (
                            upgraders: [upgrader],
                            completionHandler: { context in
                                context.pipeline.syncOperations.removeHandler(answers.value, promise: nil)
                            }
                        ))
                    try channel.pipeline.syncOperations.addHandler(answers.value)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        FileHandle.standardOutput.write(Data("ready \(channel.localAddress?.port ?? 0)\n".utf8))
        // Ends when the process that started it closes its standard input.
        while let line = readLine() {
            let numbers = line.split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 2 else { continue }
            loop.execute { teller.value.begin(perSecond: numbers[0], count: numbers[1]) }
        }
    }
}

/// Answers what an observer asks before its watch stands.
private final class FrameUpstreamAnswers: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let dump: ByteBuffer
    private var head: HTTPRequestHead?

    init(_ dump: ByteBuffer) { self.dump = dump }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            let (status, body) = answer(head)
            let headers: HTTPHeaders = [
                "Content-Type": "application/json", "Content-Length": "\(body.readableBytes)",
            ]
            let answer = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
            context.write(wrapOutboundOut(.head(answer)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    private func answer(_ head: HTTPRequestHead) -> (HTTPResponseStatus, ByteBuffer) {
        switch (head.method, head.uri) {
        case (.GET, let uri) where uri.contains("/admin/dump"): (.ok, dump)
        case (.POST, let uri) where uri.hasSuffix("/microservices"):
            (.ok, ByteBuffer(string: #"{"serviceId":"0000000000000000000000000000000000000b5e"}"#))
        case (.PUT, let uri) where uri.hasSuffix("/dependencies"): (.ok, ByteBuffer())
        case (.POST, let uri) where uri.hasSuffix("/dependencies"): (.ok, ByteBuffer())
        default: (.notFound, ByteBuffer(string: "404 page not found\n"))
        }
    }
}

/// Writes the frames, all on one event loop.
private final class FrameTeller {
    var watchers: [any Channel] = []
    private let text: DumpText
    private let loop: any EventLoop
    private var numbers: [Int: Int] = [:]
    private static let padding = String(repeating: "x", count: 420)

    init(_ text: DumpText, _ loop: any EventLoop) {
        self.text = text
        self.loop = loop
    }

    /// Tells updates of the microservices in turn, the first instance of each.
    func begin(perSecond: Int, count: Int) {
        let microservices = max(1, text.instances / 10)
        let began = NIODeadline.now()
        for number in 0..<count {
            let due = began + .nanoseconds(Int64(number) * 1_000_000_000 / Int64(perSecond))
            loop.assumeIsolated().scheduleTask(deadline: due) { self.tell(number % microservices) }
        }
    }

    private func tell(_ microservice: Int) {
        let number = numbers[microservice, default: 0] + 1
        numbers[microservice] = number
        let frame = ByteBuffer(string: text.update(of: microservice, number: number, padding: FrameTeller.padding))
        for watcher in watchers where watcher.isActive {
            watcher.writeAndFlush(WebSocketFrame(fin: true, opcode: .text, data: frame), promise: nil)
        }
    }
}
