package import NIOHTTP1
package import Registry

/// One request, its body complete. What it asks for is read from its target as it is needed.
package struct Request: Sendable {
    package let method: HTTPMethod
    package let headers: HTTPHeaders
    package let body: [UInt8]
    /// The path without the query, as it was sent.
    package let path: String
    private let rawQuery: Substring
    /// The path's variable parts, percent-decoded, by name.
    package var parameters: [(name: String, value: String)] = []

    package init(method: HTTPMethod, target: String, headers: HTTPHeaders, body: [UInt8] = []) {
        self.method = method
        self.headers = headers
        self.body = body
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts.first ?? "")
        rawQuery = parts.count > 1 ? parts[1] : ""
    }

    /// A variable part of the path; empty when the route has none of that name.
    package func parameter(_ name: String) -> String { parameters.first { $0.name == name }?.value ?? "" }

    /// The first value of a query key, decoded; empty when it is absent, as Go's `Query().Get`.
    package func query(_ name: String) -> String {
        for pair in rawQuery.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard PercentCoding.decode(parts[0], plusIsSpace: true) == name else { continue }
            return parts.count > 1 ? PercentCoding.decode(parts[1], plusIsSpace: true) : ""
        }
        return ""
    }

    /// The tenant that the request means: the domain of its header, the project of its path; `default` where it says
    /// nothing.
    package var tenant: Tenant {
        let project = parameter("project")
        return Tenant(domain: domain, project: project.isEmpty ? "default" : project)
    }

    package var domain: String {
        let header = headers.first(name: "X-Domain-Name") ?? ""
        return header.isEmpty ? "default" : header
    }

    /// The consumer that asks; nil when none is named.
    package var consumer: ServiceID? {
        let header = headers.first(name: "X-ConsumerId") ?? ""
        return header.isEmpty ? nil : ServiceID(header)
    }
}

/// Percent-encoding in paths and queries.
enum PercentCoding {
    /// The text that is meant; a `%` that begins no escape stands for itself.
    static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        let source = Array(text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
                let high = digit(source[index + 1]), let low = digit(source[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(plusIsSpace && source[index] == UInt8(ascii: "+") ? 0x20 : source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
