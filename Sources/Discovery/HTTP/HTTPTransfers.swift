internal import CCurl
internal import Glibc
internal import Locks

/// HTTP to upstreams: one thread, on which libcurl drives every transfer, and the connections that they share.
///
/// Connections are kept and reused; HTTP/2 is spoken over TLS where an upstream offers it; proxies come from the
/// environment (`http_proxy`, `https_proxy`, `no_proxy`); no redirect is followed. No caller's thread ever waits for
/// the network. Dropping the last reference shuts down, so it is to be kept for as long as its answers are read.
package final class HTTPTransfers: Sendable {
    private let mailbox = TransferMailbox()
    /// The thread, once there was something to do: who asks nothing has none.
    private let thread = Mutex<pthread_t?>(nil)

    package init() {}

    deinit {
        shutdown()
    }

    /// Sends a request and waits for the head of its answer; any status is an answer.
    ///
    /// Cancelling the waiting task ends the transfer at once, as `.cancelled`. A request that meets a kept connection
    /// which the upstream has just closed is sent once more over a new one, whatever its method.
    package func start(_ request: TransferRequest) async throws(TransferFailure) -> TransferResponse {
        startThread()
        let transfer = Transfer(request, mailbox)
        let head = try await transfer.open()
        return TransferResponse(head, transfer)
    }

    /// Ends the thread: open transfers fail as `.stopped`, and so does every later `start`. Waits for the thread, which
    /// is woken at once, so that no library is torn down under it when the process ends. Idempotent.
    package func shutdown() {
        mailbox.stop()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let running { pthread_join(running, nil) }
    }

    private func startThread() {
        thread.withLock { thread in
            guard thread == nil, !mailbox.isStopped else { return }
            let context = Unmanaged.passRetained(mailbox).toOpaque()
            var new = pthread_t()
            let failure = pthread_create(&new, nil, runTransferLoop, context)
            precondition(failure == 0, "no thread for HTTP transfers: error \(failure)")
            thread = new
        }
    }
}

/// The body of curl's thread. It owns the reference that its context carries.
private func runTransferLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    TransferLoop.run(Unmanaged<TransferMailbox>.fromOpaque(context).takeRetainedValue())
    return nil
}
