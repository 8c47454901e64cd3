/// Where the server listens: `127.0.0.1:30100`, `[::1]:30100`. Port 0 is any free port.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// Why a text is not a listen address, in words for the operator.
    package struct Malformed: Error, Equatable, CustomStringConvertible {
        /// One line of text that begins with what the operator wrote.
        package let description: String
    }

    /// A name or an address in lower case; an IPv6 address without its brackets.
    package let host: String
    /// 0…65535; 0 is any free port.
    package let port: Int

    /// Reads `HOST:PORT`. Looks up no name.
    package init(parsing text: String) throws(Malformed) {
        do {
            let address = try HostPort(parsing: text[...], ports: 0...65_535)
            host = address.host
            port = address.port
        } catch {
            let advice = "write it like 127.0.0.1:30100, 0.0.0.0:30100 or [::1]:30100"
            throw Malformed(description: "\(QuotedText(text)) \(error.text): \(advice)")
        }
    }

    private init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `127.0.0.1:30100`: service-center's port, reachable from this machine only.
    package static let standard = ListenAddress(host: "127.0.0.1", port: 30_100)

    /// The text that `init(parsing:)` reads back.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
