/// An answer whose head has come, and whose body is pulled by one task at a time.
///
/// Up to 4 MiB of the body wait here; then the upstream waits. An answer that is dropped unread ends its transfer.
package final class TransferResponse: Sendable {
    private let head: TransferHead
    private let transfer: Transfer

    init(_ head: TransferHead, _ transfer: Transfer) {
        self.head = head
        self.transfer = transfer
    }

    deinit {
        transfer.abandon()
    }

    /// 200 to 599.
    package var status: Int { head.status }
    /// In the upstream's order, names in lower case.
    package var headers: [(name: String, value: String)] { head.headers }
    /// Whether the request went over a connection that had already carried another one.
    package var reusedConnection: Bool { head.reusedConnection }
    /// How much of the body has come so far, decoded, taken or not.
    package var bodyBytes: Int { transfer.bodyBytes }
    /// How much of the body has come so far as the network carried it: before decoding, without heads. Exact at the end
    /// of the body; before, as of the last time that curl's thread had nothing to do.
    package var wireBytes: Int { transfer.wireBytes }
    /// Whether the upstream waits because this answer's reader is behind.
    package var isPaused: Bool { transfer.isPaused }

    /// The first value of a header, its name in any case. Linear in the number of headers.
    package func header(_ name: String) -> String? {
        let name = name.lowercased()
        return head.headers.first { $0.name == name }?.value
    }

    /// The next bytes of the body, up to 256 KiB, or `nil` once it is complete: a torn body throws, never `nil`.
    ///
    /// Once it has thrown, it throws the same again, and what was not read is gone. Cancelling the waiting task ends
    /// the transfer at once, as `.cancelled`. Two tears go unseen: a body with neither `Content-Length` nor chunking
    /// ends where its connection does, and libcurl takes gzip that ends too early, in a body that is whole by HTTP's
    /// count, for all there is. So the format inside must show its own end.
    package func nextChunk() async throws(TransferFailure) -> [UInt8]? {
        try await transfer.nextChunk()
    }

    /// The rest of the body in one piece. Holds all of it, so `maxBodyBytes` is what bounds the memory.
    package func collect() async throws(TransferFailure) -> [UInt8] {
        guard var body = try await nextChunk() else { return [] }
        guard let second = try await nextChunk() else { return body }
        body.reserveCapacity(announcedBytes)
        body += second
        while let chunk = try await nextChunk() { body += chunk }
        return body
    }

    /// How large the upstream says the body is, as far as that is to be believed; zero if it does not say.
    private var announcedBytes: Int {
        guard header("content-encoding") == nil, let length = header("content-length").flatMap(Int.init) else {
            return 0
        }
        return min(length, transfer.request.maxBodyBytes)
    }
}
