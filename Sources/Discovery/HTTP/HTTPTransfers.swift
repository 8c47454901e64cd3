internal import CCurl
internal import Glibc

/// HTTP to upstreams: one thread, on which libcurl drives every transfer, and the connections that they share.
///
/// Connections are kept and reused; HTTP/2 is spoken over TLS where an upstream offers it; proxies come from the
/// environment (`http_proxy`, `https_proxy`, `no_proxy`); no redirect is followed. No caller's thread ever waits for
/// the network. Dropping the last reference shuts down, so it is to be kept for as long as its answers are read.
package final class HTTPTransfers: Sendable {
    private let mailbox = TransferMailbox()

    package init() {
        let context = Unmanaged.passRetained(mailbox).toOpaque()
        var thread = pthread_t()
        let failure = pthread_create(&thread, nil, runTransferLoop, context)
        precondition(failure == 0, "no thread for HTTP transfers: error \(failure)")
        pthread_detach(thread)
    }

    deinit {
        shutdown()
    }

    /// Sends a request and waits for the head of its answer; any status is an answer.
    ///
    /// Cancelling the waiting task ends the transfer at once, as `.cancelled`. A request that meets a kept connection
    /// which the upstream has just closed is sent once more over a new one, whatever its method.
    package func start(_ request: TransferRequest) async throws(TransferFailure) -> TransferResponse {
        let transfer = Transfer(request, mailbox)
        let head = try await transfer.open()
        return TransferResponse(head, transfer)
    }

    /// Ends the thread: open transfers fail as `.stopped`, and so does every later `start`. Does not wait. Idempotent.
    package func shutdown() {
        mailbox.stop()
    }
}

/// The body of curl's thread. It owns the reference that its context carries.
private func runTransferLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    TransferLoop.run(Unmanaged<TransferMailbox>.fromOpaque(context).takeRetainedValue())
    return nil
}
