package import Topology

/// What to ask of an upstream, and how much it may cost: every bound has a default.
package struct TransferRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    package var method: Method
    /// Absolute, `http` or `https`.
    package var url: String
    /// Sent in this order. A field that curl would add by itself (`Accept`, `Host`) is replaced by one given here.
    package var headers: [(name: String, value: String)]
    /// Sent with a `Content-Length`; the caller names its `Content-Type`.
    package var body: [UInt8]?
    /// The whole transfer, from its start to the last byte taken from the network. A reader that is slower than the
    /// upstream spends it too.
    package var timeout: Duration
    /// Until the connection stands: name look-up, TCP and TLS.
    package var connectTimeout: Duration
    /// How large the body may be, counted after decoding; with one byte more, the transfer fails as `.tooLarge`.
    package var maxBodyBytes: Int
    /// Offers gzip to the upstream; the reader sees the decoded body.
    package var acceptsCompression: Bool
    /// Sent as a bearer's token in `Authorization`; nil leaves that field to `headers`.
    package var token: Secret?
    /// How TLS is spoken, where the URL is `https`.
    package var tls = UpstreamTLS()
    /// The HTTP proxy on the way, whatever the environment says; nil for what the environment says.
    package var proxy: UpstreamEndpoint?

    package init(
        _ method: Method = .get,
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(60),
        connectTimeout: Duration = .seconds(5),
        maxBodyBytes: Int = 256 << 20,
        acceptsCompression: Bool = true
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.maxBodyBytes = maxBodyBytes
        self.acceptsCompression = acceptsCompression
    }
}
