import Foundation

/// A CA for one test, with what it signs: made by the `openssl` command, gone with the value.
package final class TestAuthority: Sendable {
    /// A certificate and its key, by their files in PEM.
    package struct Identity: Sendable {
        package let certificate: String
        package let key: String
    }

    private let directory: URL
    private let authority: Identity

    /// The file of the CA's own certificate.
    package var certificate: String { authority.certificate }

    package init() async throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "mainstem-ca-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        authority = TestAuthority.identity("ca", in: directory)
        try await TestAuthority.openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=Test CA", "-out", authority.certificate]
                + TestAuthority.newKey(authority.key))
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// A certificate for these names (`DNS:registry.example`, `IP:127.0.0.1`), of which the file has this name.
    /// - Parameter days: how long it is valid; less than zero for one that has expired.
    package func issue(_ file: String, for names: String = "IP:127.0.0.1", days: Int = 2) async throws -> Identity {
        let made = TestAuthority.identity(file, in: directory)
        let request = made.certificate + ".request"
        try await TestAuthority.openssl(
            ["req", "-new", "-subj", "/CN=\(file)", "-addext", "subjectAltName=\(names)", "-out", request]
                + TestAuthority.newKey(made.key))
        try await TestAuthority.openssl([
            "x509", "-req", "-in", request, "-CA", authority.certificate, "-CAkey", authority.key, "-days", "\(days)",
            "-copy_extensions", "copy", "-out", made.certificate,
        ])
        return made
    }

    /// The same key with a pass phrase on it.
    package func locked(_ key: String) async throws -> String {
        let file = key + ".locked"
        try await TestAuthority.openssl(["pkcs8", "-topk8", "-in", key, "-passout", "pass:secret", "-out", file])
        return file
    }

    private static func identity(_ name: String, in directory: URL) -> Identity {
        let path = directory.appending(path: name).path(percentEncoded: false)
        return Identity(certificate: path + ".pem", key: path + ".key")
    }

    private static func newKey(_ file: String) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file]
    }

    private static func openssl(_ arguments: [String]) async throws {
        try await blocking {
            guard try Program("openssl", arguments).wait() == 0 else {
                throw NeverHappened(what: "openssl \(arguments.joined(separator: " "))")
            }
        }
    }
}
