/// Why TLS did not come about, as an operator needs it. Pure: read off what OpenSSL and libcurl say.
struct TLSFault: Equatable, CustomStringConvertible {
    let description: String

    /// - Parameters:
    ///   - verification: OpenSSL's verdict on the upstream's certificate; zero when it had none, or nothing against it.
    ///   - text: what libcurl says.
    ///   - tls: what was asked for.
    init(verification: Int, text: String, tls: UpstreamTLS) {
        description =
            TLSFault.judgement(verification, tls) ?? TLSFault.ofFiles(text, tls) ?? TLSFault.ofTheOther(text, tls)
            ?? text
    }

    /// Whether a connection that broke did so because the upstream refused TLS.
    static func isAlert(_ text: String) -> Bool { text.contains("SSL routines") && text.contains("alert") }

    /// OpenSSL's numbers (`X509_V_ERR_…`), which are part of its interface.
    private static func judgement(_ verification: Int, _ tls: UpstreamTLS) -> String? {
        switch verification {
        case 9: "its certificate is not valid yet: look at the clocks of both sides"
        case 10: "its certificate has expired"
        case 2, 18, 19, 20, 21:
            tls.ca.map { "its certificate is not trusted: no CA in '\($0.path)' has signed it" }
                ?? "its certificate is not trusted: no CA of this system has signed it; name its own as 'tls.ca'"
        case 23: "its certificate was revoked"
        default: nil
        }
    }

    private static func ofFiles(_ text: String, _ tls: UpstreamTLS) -> String? {
        let certificate = tls.certificate?.path ?? ""
        if text.contains("could not load PEM client certificate") {
            return "the certificate '\(certificate)' cannot be read as one"
        }
        if text.contains("unable to set private key file") || text.contains("does not match the certificate") {
            return "'tls.key' is none, or does not fit the certificate '\(certificate)'"
        }
        if text.contains("error setting certificate file") || text.contains("error adding trust anchors") {
            return "the CAs in '\(tls.ca?.path ?? "")' cannot be read as such"
        }
        return nil
    }

    private static func ofTheOther(_ text: String, _ tls: UpstreamTLS) -> String? {
        if text.contains("subject name") {
            return "its certificate is for another name"
                + (tls.serverName.map { " than '\($0)'" } ?? "; say which as 'tls.serverName'")
        }
        if text.contains("alert protocol version") || text.contains("unsupported protocol") {
            return "it speaks no TLS \(tls.minimumVersion.rawValue) or later"
        }
        if tls.certificate == nil {
            if text.contains("alert certificate required") { return "it asks for a client certificate" }
            if text.contains("alert handshake failure") {
                return "it refuses the handshake; it may ask for a client certificate"
            }
        } else if TLSFault.isAlert(text), ["unknown ca", "certificate"].contains(where: text.contains) {
            return "it does not accept our client certificate: \(text)"
        }
        return nil
    }
}
