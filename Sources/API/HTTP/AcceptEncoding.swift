/// Reads `Accept-Encoding`.
/// Rule: RFC 9110, sections 12.4.2 and 12.5.3.
package enum AcceptEncoding {
    /// Whether an answer may be sent in gzip's form: gzip is named, or everything is, and not with a weight of zero.
    package static func allowsGzip(_ value: String) -> Bool {
        if value == "gzip" { return true }
        var everything = false
        for element in value.lowercased().split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let coding = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if coding == "gzip" || coding == "x-gzip" { return weight > 0 }
            if coding == "*" { everything = weight > 0 }
        }
        return everything
    }
}
