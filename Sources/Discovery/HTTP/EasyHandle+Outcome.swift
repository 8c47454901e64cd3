internal import CCurl

// Curl's results, in our words.
extension EasyHandle {
    func outcome(of code: CURLcode) -> Result<Void, TransferFailure> {
        if code == CURLE_OK { return .success(()) }
        if let refusal { return .failure(refusal) }
        return .failure(failure(for: code))
    }

    private func failure(for code: CURLcode) -> TransferFailure {
        let text = explanation(of: code)
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .unresolvable(text)
        case CURLE_COULDNT_CONNECT, CURLE_PROXY: return .refused(text)
        case CURLE_OPERATION_TIMEDOUT: return .timedOut(awaited)
        case CURLE_URL_MALFORMAT: return .invalidURL(text)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED, CURLE_SSL_CLIENTCERT:
            return .tls(fault(text).description)
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            if let status = proxyRefusal { return .refused("the proxy answered \(status)") }
            // TLS 1.3 lets the client speak before the server has looked at who it is.
            return TLSFault.isAlert(text) ? .tls(fault(text).description) : .broken(text)
        // That is what libcurl calls a field of the head, or all of it, beyond its own limit.
        case CURLE_OUT_OF_MEMORY where !hasHead: return .broken("the head of the answer is too large")
        default: return .broken(text)
        }
    }

    private func fault(_ text: String) -> TLSFault {
        TLSFault(
            verification: long(CURLINFO_SSL_VERIFYRESULT), text: text, tls: transfer.request.tls)
    }

    /// The status with which a proxy refused a tunnel.
    private var proxyRefusal: Int? {
        let status = long(CURLINFO_HTTP_CONNECTCODE)
        return status >= 300 ? status : nil
    }

    /// What the transfer waited for when its time ran out.
    private var awaited: String {
        if hasHead {
            let came = transfer.bodyBytes
            return transfer.isPaused
                ? "the reader, who had yet to take some of \(came) bytes" : "the rest, after \(came) bytes"
        }
        return offset(CURLINFO_PRETRANSFER_TIME_T) > 0 ? "the first byte" : TransferFailure.connection
    }

    /// Curl repeats an address that it cannot use, such as a proxy's of the environment, with user and password: then
    /// the constant text has to do.
    private func explanation(of code: CURLcode) -> String {
        let detail = String(cString: errorText)
        return detail.isEmpty || detail.contains("@") ? String(cString: curl_easy_strerror(code)) : detail
    }
}
