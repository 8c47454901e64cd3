internal import CCurl

// A request, in curl's options.
extension EasyHandle {
    /// How much curl reads from a socket at a time.
    private static let plainBufferBytes = 512 << 10
    /// The same where it may have to decode: all that one read decodes to must fit in 64 MiB, which is what curl keeps
    /// for a paused transfer, and gzip makes at most 1032 bytes of one.
    private static let compressedBufferBytes = 32 << 10

    func set(_ request: TransferRequest) throws(TransferFailure) {
        try setURL(request.url)
        try setBehaviour()
        try setAccess(request)
        try set(request.method, request.body)
        try setHeaders(request)
        try set(CURLOPT_TIMEOUT_MS, request.timeout.wholeMilliseconds)
        try set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.wholeMilliseconds)
        try set(CURLOPT_BUFFERSIZE, request.acceptsCompression ? Self.compressedBufferBytes : Self.plainBufferBytes)
        if request.acceptsCompression { try set(CURLOPT_ACCEPT_ENCODING, "gzip") }
    }

    func check(_ code: CURLcode) throws(TransferFailure) {
        guard code != CURLE_OK else { return }
        throw .broken("curl does not take an option: \(String(cString: curl_easy_strerror(code)))")
    }

    func set(_ option: CURLoption, _ value: Int) throws(TransferFailure) {
        try check(ccurl_set_long(curl, option, value))
    }

    func set(_ option: CURLoption, _ value: String) throws(TransferFailure) {
        try check(ccurl_set_string(curl, option, value))
    }

    private func setURL(_ url: String) throws(TransferFailure) {
        let scheme = url.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https", url.dropFirst(scheme.count).hasPrefix("://") else {
            throw .invalidURL("a URL here starts with http:// or https://")
        }
        guard !url.utf8.contains(0) else { throw .invalidURL("a URL has no zero byte in it") }
        try set(CURLOPT_URL, url)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
    }

    private func setBehaviour() throws(TransferFailure) {
        // No SIGALRM: there are threads.
        try set(CURLOPT_NOSIGNAL, 1)
        // Ending a transfer does not wait for a name look-up that hangs: all transfers share this thread.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        // What a proxy answers to CONNECT is not the answer.
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    }

    private func set(_ method: TransferRequest.Method, _ body: [UInt8]?) throws(TransferFailure) {
        if body != nil || method == .post || method == .put {
            let body = body ?? []
            try check(ccurl_set_offset(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            // Copied by curl, so that nothing here has to outlive the call. An empty body has an address, too.
            let code = (body.isEmpty ? [0] : body).withUnsafeBytes { bytes in
                ccurl_set_pointer(curl, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            }
            try check(code)
        }
        try set(CURLOPT_CUSTOMREQUEST, method.rawValue)
    }

    private func setHeaders(_ request: TransferRequest) throws(TransferFailure) {
        let token = request.token.map { (name: "Authorization", value: "Bearer \($0.reveal())") }
        for (name, value) in request.headers + [token].compactMap(\.self) {
            guard !name.isEmpty, (name + value).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .invalidURL("the header \(name.debugDescription) has a control character in it")
            }
            // Curl's way to write an empty value; a colon with nothing after it would mean "leave it out".
            try append(header: value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        // Neither what curl says of a body that it takes for a form, nor a pause before a large one.
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            try append(header: "Content-Type:")
        }
        try append(header: "Expect:")
        try check(ccurl_set_list(curl, CURLOPT_HTTPHEADER, headers))
    }

    func append(header: String) throws(TransferFailure) {
        guard let longer = curl_slist_append(headers, header) else { throw .broken("no memory for a header") }
        headers = longer
    }
}

extension Duration {
    /// Rounded up, and at least 1: zero would mean "no limit" to curl. At most what fits in 31 bits, which is 24 days.
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1000 else { return Int(Int32.max) }
        guard seconds >= 0 else { return 1 }
        return max(1, Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
