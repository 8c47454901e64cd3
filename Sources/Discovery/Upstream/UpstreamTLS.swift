import Topology

/// How TLS is spoken to one upstream.
package struct UpstreamTLS: Sendable, Equatable {
    /// The lowest version of TLS that is spoken.
    package enum Version: String, Sendable, CaseIterable {
        case v12 = "1.2"
        case v13 = "1.3"
    }

    /// The CAs that are trusted, PEM; nil trusts those of the system. With a file, those of the system are not trusted.
    package var ca: DeclaredFile?
    /// What we show to an upstream that asks who we are, PEM with the chain behind it; nil shows nothing.
    package var certificate: DeclaredFile?
    /// The certificate's key, PEM, without a pass phrase. There when the certificate is.
    package var key: DeclaredFile?
    /// The name that the upstream's certificate must have, and that we ask for; nil for the host of each endpoint.
    package var serverName: String?
    package var minimumVersion: Version

    /// Trusts the system's CAs, shows nothing, from TLS 1.2 on.
    package init() {
        minimumVersion = .v12
    }

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        ca = try mapping.optionalFile("ca")
        certificate = try mapping.optionalFile("certificate")
        key = try mapping.optionalFile("key")
        serverName = try mapping.optionalString("serverName")
        let version = try mapping.optionalString("minimumVersion") ?? Version.v12.rawValue
        try mapping.finish()
        guard let minimumVersion = Version(rawValue: version) else {
            throw mapping.error(at: "minimumVersion", "'minimumVersion' must be 1.2 or 1.3, not \(QuotedText(version))")
        }
        self.minimumVersion = minimumVersion
        guard (certificate == nil) == (key == nil) else {
            let (there, missing) = key == nil ? ("certificate", "key") : ("key", "certificate")
            throw mapping.error(
                at: there, "'\(there)' is declared without '\(missing)'",
                remedy: "declare both; they may name one file that has both")
        }
        if let serverName, !UpstreamTLS.isName(serverName) {
            throw mapping.error(
                at: "serverName", "\(QuotedText(serverName)) is not the name of a host",
                remedy: "write it like registry.example, without a port")
        }
    }

    /// Reads the files that are named, and says what is wrong with the first one that does not hold what it should.
    func check(_ files: any FileReader) throws(TopologyError) {
        for file in [ca, certificate].compactMap(\.self) {
            try file.check(files, remedy: "name a file of certificates in PEM") { content in
                content.hasLine("-----BEGIN CERTIFICATE-----") ? nil : "has no certificate in it"
            }
        }
        try key?.check(files, remedy: "name the certificate's key in PEM, without a pass phrase") { content in
            if content.hasLine("-----BEGIN ENCRYPTED PRIVATE KEY-----") || content.hasLine("Proc-Type: 4,ENCRYPTED") {
                return "has a key with a pass phrase, which nobody would be there to type"
            }
            let kinds = ["", "RSA ", "EC "]
            return kinds.contains { content.hasLine("-----BEGIN \($0)PRIVATE KEY-----") } ? nil : "has no key in it"
        }
    }

    private static func isName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        // A last label of digits makes it an address (RFC 1123, section 2.1), which is not what is asked for by name.
        return text.utf8.count <= 253 && labels.last?.allSatisfy(\.isNumber) == false
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
            }
    }
}

extension [UInt8] {
    fileprivate func hasLine(_ line: String) -> Bool {
        split { $0 == 0x0A || $0 == 0x0D }.contains { $0.elementsEqual(line.utf8) }
    }
}
