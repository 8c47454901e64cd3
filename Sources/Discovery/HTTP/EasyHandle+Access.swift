internal import CCurl
import Topology

// How an upstream is reached, in curl's options.
extension EasyHandle {
    /// How long curl may go on trusting what a file of CAs said.
    private static let trustSeconds = 60

    func setAccess(_ request: TransferRequest) throws(TransferFailure) {
        try setTLS(request.tls)
        if let name = request.tls.serverName { try setServerName(name, request) }
        guard let proxy = request.proxy else { return }
        try set(CURLOPT_PROXY, proxy.description)
        // None of the exceptions that the environment makes.
        try set(CURLOPT_NOPROXY, "")
    }

    private func setTLS(_ tls: UpstreamTLS) throws(TransferFailure) {
        let version = tls.minimumVersion == .v13 ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2
        try set(CURLOPT_SSLVERSION, version)
        if let ca = tls.ca {
            try set(CURLOPT_CAINFO, ca.path)
            // The system's directory of CAs would be trusted beside the file.
            try check(ccurl_set_string(curl, CURLOPT_CAPATH, nil))
            try set(CURLOPT_CA_CACHE_TIMEOUT, Self.trustSeconds)
        }
        if let certificate = tls.certificate, let key = tls.key {
            try set(CURLOPT_SSLCERT, certificate.path)
            try set(CURLOPT_SSLKEY, key.path)
            // Without one, OpenSSL would ask at the terminal, and every transfer would wait.
            try set(CURLOPT_KEYPASSWD, "")
        }
    }

    /// Curl asks for the name that stands in the URL, and verifies that one: so the name is put there, and the
    /// connection is led to where the request points. The request itself names the host as it would without.
    private func setServerName(_ name: String, _ request: TransferRequest) throws(TransferFailure) {
        guard let url = curl_url() else { throw .broken("no memory for a URL") }
        defer { curl_url_cleanup(url) }
        guard curl_url_set(url, CURLUPART_URL, request.url, 0) == CURLUE_OK,
            let host = Self.part(CURLUPART_HOST, of: url, 0),
            let port = Self.part(CURLUPART_PORT, of: url, UInt32(CURLU_DEFAULT_PORT)),
            curl_url_set(url, CURLUPART_HOST, name, 0) == CURLUE_OK,
            let named = Self.part(CURLUPART_URL, of: url, 0)
        else { throw .invalidURL("no host and port that can be named otherwise") }
        try set(CURLOPT_URL, named)
        guard let list = curl_slist_append(connectTo, "\(name):\(port):\(host):\(port)") else {
            throw .broken("no memory for an address")
        }
        connectTo = list
        try check(ccurl_set_list(curl, CURLOPT_CONNECT_TO, connectTo))
        if !request.headers.contains(where: { $0.name.lowercased() == "host" }) {
            try append(header: "Host: \(host):\(port)")
        }
    }

    private static func part(_ part: CURLUPart, of url: OpaquePointer, _ flags: UInt32) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
