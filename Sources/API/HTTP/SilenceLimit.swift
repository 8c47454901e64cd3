import NIOCore

/// Ends a connection that gave no sign of life for some time. A sign costs a reading of the clock; one timer waits for
/// the time at which the silence would be too long, and is set again when there was a sign meanwhile.
final class SilenceLimit {
    private let limit: TimeAmount
    private var lastSign = NIODeadline.distantPast
    private var timer: Scheduled<Void>?

    init(_ limit: TimeAmount) { self.limit = limit }

    /// Begins to wait, on the connection's event loop.
    func begin(_ context: ChannelHandlerContext) {
        lastSign = context.eventLoop.now
        wait(context)
    }

    /// The other side lives, or we have something to say to it.
    func sign(at now: NIODeadline) { lastSign = now }

    func end() { timer?.cancel() }

    private func wait(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: lastSign + limit) {
            if context.eventLoop.now - self.lastSign >= self.limit { return context.close(promise: nil) }
            self.wait(context)
        }
    }
}
