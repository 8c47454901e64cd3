import Logging
import NIOCore

/// Takes no connection for a moment when the process has no file descriptor or memory left for one: without this the
/// listening socket, which stays readable, would keep its event loop busy with failing.
final class AcceptPause: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(200)
    /// `ENFILE`, `EMFILE`, `ENOBUFS`, `ENOMEM` on Linux.
    private static let shortages: Set<CInt> = [23, 24, 105, 12]

    private let logger: Logger
    private var isPaused = false
    /// Whether the shortage was told; it is told again when it ended in between.
    private var isTold = false

    init(logger: Logger) { self.logger = logger }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isTold = false
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, AcceptPause.shortages.contains(error.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        if !isTold {
            logger.warning(
                "no connection can be taken for want of file descriptors or memory",
                metadata: ["reason": "\(error)", "remedy": "raise the limit of open files (ulimit -n)"])
            isTold = true
        }
        guard !isPaused else { return }
        isPaused = true
        // To leave the next read undone is not enough: the one that failed stays asked for until it brings something.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: AcceptPause.pause) {
            let (handler, context) = bound.value
            handler.isPaused = false
            try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}
