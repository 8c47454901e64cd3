import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// The baseline: NIO's HTTP server with nothing behind it. It answers every request with the same prepared bytes.
struct Bare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer one answer to everything (started by the benchmarks).")

    /// A file with an answer as it went over the wire.
    @Option var answer: String

    func run() async throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: answer)))
        guard let head = bytes.withUnsafeBytes({ AnswerHead($0) }) else { throw ValidationError("no answer") }
        var headers = HTTPHeaders()
        for line in String(decoding: bytes[..<head.length], as: UTF8.self).split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers.add(name: String(parts[0]), value: parts[1].trimmingCharacters(in: .whitespaces))
        }
        let responseHead = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: head.status), headers: headers)
        let body = ByteBuffer(bytes: bytes[head.length...])
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 4_096)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(OneAnswer(responseHead, body))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        FileHandle.standardOutput.write(Data("ready \(channel.localAddress?.port ?? 0)\n".utf8))
        // Ends when the process that started it closes its standard input.
        while readLine() != nil {}
    }
}

private final class OneAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let head: HTTPResponseHead
    private let body: ByteBuffer

    init(_ head: HTTPResponseHead, _ body: ByteBuffer) {
        self.head = head
        self.body = body
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
