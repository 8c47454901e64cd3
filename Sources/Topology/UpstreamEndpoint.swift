/// One address of an upstream: `http://10.0.0.1:30100`. Nothing may follow the port, nor stand before the host.
package struct UpstreamEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// How the upstream is spoken to.
    package enum Scheme: String, Sendable {
        case http
        case https
    }

    /// Why a text is not an endpoint, in words for the operator.
    package struct Malformed: Error, Equatable, CustomStringConvertible {
        /// One line of text that begins with what the operator wrote.
        package let description: String
    }

    /// All endpoints of one source have the same.
    package let scheme: Scheme
    private let address: HostPort

    /// A name or an address in lower case; an IPv6 address without its brackets.
    package var host: String { address.host }
    /// 1…65535.
    package var port: Int { address.port }

    /// Reads `http://HOST:PORT` or `https://HOST:PORT`. The port is never guessed. Looks up no name.
    package init(parsing text: String) throws(Malformed) {
        do {
            (scheme, address) = try Self.parts(of: text)
        } catch {
            throw Malformed(description: "\(QuotedText(text)) \(error.text): write it like http://10.0.0.1:30100")
        }
    }

    /// The text that `init(parsing:)` reads back: a URL without a trailing slash.
    package var description: String { "\(scheme.rawValue)://\(address)" }

    private static func parts(of text: String) throws(HostPort.Problem) -> (Scheme, HostPort) {
        guard let end = text.firstIndex(of: ":"), text[end...].hasPrefix("://") else {
            throw HostPort.Problem(text: "has no scheme")
        }
        guard let scheme = Scheme(rawValue: text[..<end].lowercased()) else {
            throw HostPort.Problem(text: "has a scheme that is neither http nor https")
        }
        let rest = text[end...].dropFirst(3)
        if rest.contains("@") { throw HostPort.Problem(text: "has a user, which is not supported") }
        if let tail = rest.firstIndex(where: { "/?#".contains($0) }) {
            throw HostPort.Problem(text: "has '\(rest[tail])' after the port, where nothing may stand")
        }
        return (scheme, try HostPort(parsing: rest, ports: 1...65_535))
    }
}
