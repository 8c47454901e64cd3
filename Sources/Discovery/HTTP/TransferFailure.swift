/// Why there is no answer, or no whole one. The texts are for operators and hold no header, no body and no secret.
package enum TransferFailure: Error, Equatable, Sendable {
    /// The name of the upstream, or of the proxy, has no address.
    case unresolvable(String)
    /// No connection: nobody listens, no route, or a proxy that says no.
    case refused(String)
    /// The time ran out; the text says what was awaited: the connection, the first byte, or the rest.
    case timedOut(String)
    /// The decoded body has more bytes than the request allows.
    case tooLarge(limit: Int)
    /// The answer is torn or is not HTTP: reset, short body, bad chunking, bad gzip.
    case broken(String)
    /// TLS did not come about: certificate, protocol version, host name.
    case tls(String)
    /// The request cannot be sent as it stands: its URL, or a header with a line break in it.
    case invalidURL(String)
    /// The task that waited was cancelled.
    case cancelled
    /// `HTTPTransfers` was shut down.
    case stopped
}

extension TransferFailure {
    /// What `timedOut` says was awaited when there was no connection yet.
    static let connection = "the connection"

    /// Whether the upstream has certainly not taken the request in: who asks may ask elsewhere, whatever it was.
    var isBeforeTheRequest: Bool {
        switch self {
        case .unresolvable, .refused, .tls: true
        case .timedOut(let awaited): awaited == TransferFailure.connection
        case .tooLarge, .broken, .invalidURL, .cancelled, .stopped: false
        }
    }
}

extension TransferFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unresolvable(let text): "no address: \(text)"
        case .refused(let text): "no connection: \(text)"
        case .timedOut(let text): "timed out awaiting \(text)"
        case .tooLarge(let limit): "the body has more than \(limit) bytes"
        case .broken(let text): "broken answer: \(text)"
        case .tls(let text): "no TLS: \(text)"
        case .invalidURL(let text): "not a request that can be sent: \(text)"
        case .cancelled: "cancelled"
        case .stopped: "HTTP transfers were shut down"
        }
    }
}
