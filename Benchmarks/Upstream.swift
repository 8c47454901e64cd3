import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Two upstreams in a process of their own: they answer with prepared dumps, and have nothing else.
struct Upstream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve prepared dumps (started by the benchmarks).")

    @Option var instances: Int
    /// How many dumps take turns: with 1 nothing ever changes, with 2 one instance in a hundred changes each time.
    @Option var variants: Int
    /// Further microservices of these sizes.
    @Option var sizes = ""

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var ports: [Int] = []
        for source in 1...2 {
            let text = DumpText(
                source: source, instances: instances / 2, sizes: sizes.split(separator: ",").compactMap { Int($0) })
            let dumps = (0..<variants).map { ByteBuffer(bytes: text.render(variant: $0)) }
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                        try channel.pipeline.syncOperations.addHandler(PreparedAnswer(dumps))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            ports.append(channel.localAddress?.port ?? 0)
        }
        FileHandle.standardOutput.write(Data("ready \(ports[0]) \(ports[1])\n".utf8))
        // Ends when the process that started it closes its standard input.
        while readLine() != nil {}
    }
}

/// Answers each request for a dump with the next of the prepared ones; whatever else is asked for is not found, as
/// where nobody may register an observer.
private final class PreparedAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let dumps: [ByteBuffer]
    private var turn = 0
    private var isForDump = false

    init(_ dumps: [ByteBuffer]) { self.dumps = dumps }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): isForDump = head.uri.contains("/admin/dump")
        case .body: break
        case .end where isForDump:
            answer(context, .ok, dumps[turn % dumps.count])
            turn += 1
        case .end: answer(context, .notFound, ByteBuffer())
        }
    }

    private func answer(_ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ dump: ByteBuffer) {
        let headers: HTTPHeaders = ["Content-Type": "application/json", "Content-Length": "\(dump.readableBytes)"]
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(dump))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
