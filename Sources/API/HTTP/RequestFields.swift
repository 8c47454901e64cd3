import NIOHTTP1

/// What the server itself looks at in a request's head, gathered in one pass.
struct RequestFields {
    /// The size of the head, in bytes.
    private(set) var bytes: Int
    /// The first of each name, as handlers read them.
    private(set) var host: String?
    private(set) var domain: String?
    private(set) var consumer: String?
    private(set) var acceptsGzip = false
    private(set) var expectsContinue = false

    init(_ head: HTTPRequestHead) {
        bytes = head.uri.utf8.count
        for (name, value) in head.headers {
            bytes += name.utf8.count + value.utf8.count + 4
            // The length tells nearly all names apart.
            switch name.utf8.count {
            case 4 where RequestFields.equal(name, "host"): host = host ?? value
            case 6 where RequestFields.equal(name, "expect"):
                expectsContinue = RequestFields.equal(value, "100-continue")
            case 12 where RequestFields.equal(name, "x-consumerid"): consumer = consumer ?? value
            case 13 where RequestFields.equal(name, "x-domain-name"): domain = domain ?? value
            case 15 where RequestFields.equal(name, "accept-encoding"):
                acceptsGzip = acceptsGzip || AcceptEncoding.allowsGzip(value)
            default: break
            }
        }
    }

    /// Whether a text is this one, which is written in lower case.
    private static func equal(_ text: String, _ lowercase: StaticString) -> Bool {
        guard text.utf8.count == lowercase.utf8CodeUnitCount else { return false }
        var index = 0
        for byte in text.utf8 {
            let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            guard (isCapital ? byte | 0x20 : byte) == lowercase.utf8Start[index] else { return false }
            index += 1
        }
        return true
    }
}
