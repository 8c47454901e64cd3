/// An endpoint of an instance, taken apart: `rest://10.0.0.1:8080?sslEnabled=true`.
struct InstanceAddress: Equatable {
    var scheme: String
    /// In lower case; an IPv6 address without its brackets.
    var host: String
    /// Nil when none is written.
    var port: Int?
    /// What follows: a path, a query, or nothing.
    var rest: Substring

    /// Nil for text of another form.
    init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        scheme = String(text[..<colon])
        let behind = text[colon...].dropFirst(3)
        let end = behind.firstIndex { "/?#".contains($0) } ?? behind.endIndex
        rest = behind[end...]
        var address = behind[..<end]
        if let last = address.lastIndex(of: ":"), !address[last...].contains("]") {
            guard let number = Int(address[address.index(after: last)...]), (0...65_535).contains(number) else {
                return nil
            }
            port = number
            address = address[..<last]
        }
        if address.hasPrefix("["), address.hasSuffix("]") { address = address.dropFirst().dropLast() }
        guard !address.isEmpty else { return nil }
        host = address.lowercased()
    }

    var description: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(shown)\(port.map { ":\($0)" } ?? "")\(rest)"
    }
}
