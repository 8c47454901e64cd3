/// A host and a TCP port as they stand in a URL: `10.0.0.1:30100`, `registry.example:80`, `[::1]:30100`.
struct HostPort: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is not one; completes "'…' ".
    struct Problem: Error {
        var text: String
    }

    /// A name or an address in lower case; an IPv6 address without its brackets.
    let host: String
    let port: Int

    /// Reads `text`, whose port has to be in `ports`. Looks up no name.
    init(parsing text: Substring, ports: ClosedRange<Int>) throws(Problem) {
        guard let colon = text.lastIndex(of: ":"), text[colon...].count(where: { $0 == "]" }) == 0 else {
            throw Problem(text: "has no port")
        }
        host = try Self.host(text[..<colon])
        let digits = text[text.index(after: colon)...]
        guard let port = Int(digits), String(port) == digits, ports.contains(port) else {
            let range = "\(ports.lowerBound) to \(ports.upperBound)"
            throw Problem(text: digits.isEmpty ? "has no port" : "has a port that is no number from \(range)")
        }
        self.port = port
    }

    /// The host and the port of a text that may have none; the host may have these characters beside its own.
    static func parts(
        of text: String, allowing wildcards: String = ""
    ) throws(Problem) -> (host: String, port: Int?) {
        let isWhole = text.hasSuffix("]") || !text.contains(":")
        let plain = String(text.map { wildcards.contains($0) ? "-" : $0 })
        let parsed = try HostPort(parsing: Substring(isWhole ? plain + ":1" : plain), ports: 1...65_535)
        guard plain != text else { return (parsed.host, isWhole ? nil : parsed.port) }
        let host = isWhole ? Substring(text) : text[..<(text.lastIndex(of: ":") ?? text.endIndex)]
        return (host.lowercased(), isWhole ? nil : parsed.port)
    }

    /// An IPv6 address is in brackets.
    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func host(_ text: Substring) throws(Problem) -> String {
        guard !text.isEmpty else { throw Problem(text: "has no host") }
        if text.hasPrefix("["), text.hasSuffix("]"), text.count > 2 {
            let address = text.dropFirst().dropLast()
            let isAddress = address.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == ":" || $0 == ".") }
            guard isAddress, address.count(where: { $0 == ":" }) >= 2 else {
                throw Problem(text: "has a host in brackets that is not an IPv6 address")
            }
            return address.lowercased()
        }
        guard !text.contains(":") else { throw Problem(text: "has an IPv6 address without brackets") }
        let isName = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }
        guard isName else { throw Problem(text: "has a host that is no name and no address") }
        return text.lowercased()
    }
}
