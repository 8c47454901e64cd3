internal import NIOCore
internal import NIOSSL

/// How a scripted server speaks TLS.
package struct ServerTLS: Sendable {
    /// What it shows.
    package var identity: TestAuthority.Identity
    /// The file of the CA that must have signed the client's certificate; nil asks for none.
    package var clientAuthority: String?
    /// The latest version that it speaks is 1.2.
    package var isOld: Bool

    package init(_ identity: TestAuthority.Identity, clientAuthority: String? = nil, isOld: Bool = false) {
        self.identity = identity
        self.clientAuthority = clientAuthority
        self.isOld = isOld
    }

    /// What makes the handler of each connection.
    func context() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(identity.certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem)))
        if isOld { configuration.maximumTLSVersion = .tlsv12 }
        if let clientAuthority {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .file(clientAuthority)
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
