import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Two upstreams in a process of their own: they answer every request with a prepared dump.
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

/// Answers each request with the next of the prepared dumps.
private final class PreparedAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let dumps: [ByteBuffer]
    private var turn = 0

    init(_ dumps: [ByteBuffer]) { self.dumps = dumps }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let dump = dumps[turn % dumps.count]
        turn += 1
        let headers: HTTPHeaders = ["Content-Type": "application/json", "Content-Length": "\(dump.readableBytes)"]
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(dump))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
