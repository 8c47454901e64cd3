internal import CCurl

/// One transfer as curl knows it. Lives on curl's thread.
///
/// Curl holds an unretained reference to it, as the context of the callbacks below. `TransferLoop` keeps it until
/// `close()` has returned, after which curl has no handle left to call back for.
final class EasyHandle {
    let transfer: Transfer
    let curl: UnsafeMutableRawPointer
    /// Where curl explains a failure; terminated by a zero.
    let errorText: UnsafeMutablePointer<CChar>
    /// The request's headers, in curl's own list.
    var headers: UnsafeMutablePointer<curl_slist>?
    /// Where to connect instead of the URL's host, in curl's own list.
    var connectTo: UnsafeMutablePointer<curl_slist>?
    /// Why a callback refused to go on: says more than curl's "write error".
    private(set) var refusal: TransferFailure?
    private var parser = HeadParser()
    private var bodyBytes = 0
    private var isClosed = false

    /// - Throws: when the request cannot be sent as it stands, or memory is short.
    init(_ transfer: Transfer) throws(TransferFailure) {
        guard let curl = curl_easy_init() else { throw .broken("curl has no handle left") }
        self.transfer = transfer
        self.curl = curl
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        do throws(TransferFailure) {
            try setCallbacks()
            try set(transfer.request)
        } catch {
            close()
            throw error
        }
    }

    deinit {
        precondition(isClosed, "curl may still call back")
    }

    var hasHead: Bool { parser.isDone }

    /// Frees what curl holds. The handle must not be in a multi handle any more.
    func close() {
        guard !isClosed else { return }
        curl_easy_cleanup(curl)
        curl_slist_free_all(headers)
        curl_slist_free_all(connectTo)
        errorText.deallocate()
        isClosed = true
    }

    /// Nothing more to read for now: the reader gets what there is.
    func settle() {
        transfer.settle(wireBytes: Int(offset(CURLINFO_SIZE_DOWNLOAD_T)))
    }

    /// One of curl's counters; zero if it has none.
    func offset(_ info: CURLINFO) -> curl_off_t {
        var value: curl_off_t = 0
        return ccurl_get_offset(curl, info, &value) == CURLE_OK ? value : 0
    }

    /// One of curl's results; zero if it has none.
    func long(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_get_long(curl, info, &value) == CURLE_OK ? value : 0
    }

    /// The object that was made for this handle of curl's.
    static func of(_ curl: UnsafeMutableRawPointer) -> EasyHandle? {
        var context: UnsafeMutableRawPointer?
        guard ccurl_get_private(curl, &context) == CURLE_OK, let context else { return nil }
        return Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
    }
}

// What curl calls, in the midst of `curl_multi_perform` or `curl_easy_pause`.
extension EasyHandle {
    private func setCallbacks() throws(TransferFailure) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        try check(ccurl_set_pointer(curl, CURLOPT_PRIVATE, context))
        try check(ccurl_set_error_text(curl, errorText))
        try check(ccurl_set_head_callback(curl, Self.onHeadLine, context))
        try check(ccurl_set_body_callback(curl, Self.onBodyPiece, context))
    }

    private static let onHeadLine: ccurl_bytes_callback = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let handle = Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
        let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return handle.receiveHeadLine(line) ? line.count : 0
    }

    private static let onBodyPiece: ccurl_bytes_callback = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let handle = Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
        return handle.receiveBodyPiece(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }

    /// - Returns: whether to go on.
    private func receiveHeadLine(_ line: UnsafeRawBufferPointer) -> Bool {
        switch parser.consume(String(decoding: line, as: UTF8.self)) {
        case .more: return true
        case .refused(let reason):
            refusal = .broken(reason)
            return false
        case .head(var head):
            var newConnections = 1
            ccurl_get_long(curl, CURLINFO_NUM_CONNECTS, &newConnections)
            head.reusedConnection = newConnections == 0
            transfer.receive(head)
            return true
        }
    }

    /// - Returns: how many bytes were taken: all, none, or curl's word for "later".
    private func receiveBodyPiece(_ piece: UnsafeRawBufferPointer) -> Int {
        let limit = transfer.request.maxBodyBytes
        guard bodyBytes + piece.count <= limit else {
            refusal = .tooLarge(limit: limit)
            return 0
        }
        switch transfer.receive(piece) {
        case .taken:
            bodyBytes += piece.count
            return piece.count
        case .paused: return Int(CURL_WRITEFUNC_PAUSE)
        case .over: return 0
        }
    }
}
