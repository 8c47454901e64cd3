import NIOCore
import NIOSSL

/// TLS under a WebSocket, by the same terms as under libcurl.
struct WebSocketTLS: Sendable {
    private let context: NIOSSLContext
    /// Nil for an endpoint that is an address: its certificate must have the address.
    private let serverName: String?

    /// Reads the files that are named. Blocks.
    init(_ tls: UpstreamTLS, host: String, isProxied: Bool) throws(WebSocketClient.Failure) {
        serverName = tls.serverName ?? (WebSocketTLS.isAddress(host) ? nil : host)
        guard serverName != nil || !isProxied else {
            throw .cannotConnect("no TLS: through a proxy, an endpoint that is an address needs 'tls.serverName'")
        }
        do {
            context = try NIOSSLContext(configuration: try WebSocketTLS.configuration(tls))
        } catch {
            throw .cannotConnect("no TLS: the CA, the certificate or the key cannot be used: \(error)")
        }
    }

    func handler() throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: serverName)
    }

    /// Why TLS did not come about, as an operator needs it; nil for an error that is none of TLS.
    static func problem(of error: any Error) -> String? {
        if let extra = error as? NIOSSLExtraError {
            return extra == .failedToValidateHostname
                ? "no TLS: its certificate is for another name" : "no TLS: \(extra)"
        }
        guard error is NIOSSLError || error is BoringSSLError else { return nil }
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "no TLS: its certificate is not trusted, or not valid now"
        }
        if text.contains("CERTIFICATE_REQUIRED") { return "no TLS: it asks for a client certificate" }
        if text.contains("PROTOCOL_VERSION") || text.contains("UNSUPPORTED_PROTOCOL") {
            return "no TLS: it does not speak the declared version or a later one"
        }
        return "no TLS: \(text)"
    }

    private static func configuration(_ tls: UpstreamTLS) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = tls.minimumVersion == .v13 ? .tlsv13 : .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if let ca = tls.ca { configuration.trustRoots = .file(ca.path) }
        if let certificate = tls.certificate, let key = tls.key {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate.path).map {
                .certificate($0)
            }
            // An empty pass phrase, rather than a question at the terminal.
            let key = try NIOSSLPrivateKey(file: key.path, format: .pem) { $0([UInt8]()) }
            configuration.privateKey = .privateKey(key)
        }
        return configuration
    }

    private static func isAddress(_ host: String) -> Bool { (try? SocketAddress(ipAddress: host, port: 0)) != nil }
}
