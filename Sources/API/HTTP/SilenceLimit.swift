import NIOCore

/// Ends a connection that gave no sign of life for some time, within two seconds after it. A sign costs a reading of
/// the clock; the place on the loop's wheel stands where the silence would be too long, and moves on when it comes
/// round and there was a sign meanwhile.
final class SilenceLimit {
    private let limit: TimeAmount
    private var lastSign = NIODeadline.distantPast
    private var timer: LoopTimers.Entry?

    init(_ limit: TimeAmount) { self.limit = limit }

    /// Begins to wait, on the connection's event loop and by its timers, whose time is `now`.
    func begin(_ context: ChannelHandlerContext, _ timers: LoopTimers, at now: Duration) {
        lastSign = context.eventLoop.now
        timer = timers.start(at: now + .nanoseconds(limit.nanoseconds)) { [unowned self] now in
            let silence = context.eventLoop.now - lastSign
            guard silence < limit else {
                context.close(promise: nil)
                return nil
            }
            return now + .nanoseconds((limit - silence).nanoseconds)
        }
    }

    /// The other side lives, or we have something to say to it.
    func sign(at now: NIODeadline) { lastSign = now }

    /// Waits no longer; `timers` are those with which it began.
    func end(_ timers: LoopTimers) {
        if let timer { timers.end(timer) }
        timer = nil
    }
}
