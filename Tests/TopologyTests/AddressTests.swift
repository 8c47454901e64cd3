import Testing
import Topology

@Suite("An address")
struct AddressTests {
    @Test(
        "to listen on reads what it writes",
        arguments: ["127.0.0.1:30100", "[::1]:30100", "0.0.0.0:0", "localhost:65535", "[::ffff:10.0.0.1]:80"]
    )
    func listen(text: String) throws {
        #expect(try ListenAddress(parsing: text).description == text)
    }

    @Test("to listen on has its host without brackets")
    func parts() throws {
        let address = try ListenAddress(parsing: "[FE80::1]:7")
        #expect(address.host == "fe80::1")
        #expect(address.port == 7)
        #expect(ListenAddress.standard.description == "127.0.0.1:30100")
    }

    @Test(
        "to listen on says what is wrong with it",
        arguments: [
            ("", "has no port"), ("127.0.0.1", "has no port"), ("host:", "has no port"), ("[::1]", "has no port"),
            (":30100", "has no host"), ("::1:30100", "has an IPv6 address without brackets"),
            ("a:65536", "has a port that is no number from 0 to 65535"),
            ("a:-1", "has a port that is no number from 0 to 65535"),
            ("a:080", "has a port that is no number from 0 to 65535"),
            ("a b:80", "has a host that is no name and no address"),
            ("[]:80", "has a host that is no name and no address"),
            ("[1:2]:80", "has a host in brackets that is not an IPv6 address"),
            ("http://a:80", "has an IPv6 address without brackets"),
        ]
    )
    func badListen(text: String, problem: String) {
        let error = #expect(throws: ListenAddress.Malformed.self) { try ListenAddress(parsing: text) }
        let advice = "write it like 127.0.0.1:30100, 0.0.0.0:30100 or [::1]:30100"
        #expect(error?.description == "\(QuotedText(text)) \(problem): \(advice)")
    }

    @Test(
        "of an upstream reads what it writes",
        arguments: ["http://10.0.0.1:30100", "https://[::1]:443", "http://registry_1.example:1"]
    )
    func upstream(text: String) throws {
        #expect(try UpstreamEndpoint(parsing: text).description == text)
    }

    @Test("of an upstream is the same in capitals")
    func capitals() throws {
        let endpoint = try UpstreamEndpoint(parsing: "HTTPS://Registry.Example:30100")
        let small = try UpstreamEndpoint(parsing: "https://registry.example:30100")
        #expect(endpoint == small)
        #expect(endpoint.scheme == .https)
        #expect(endpoint.host == "registry.example")
        #expect(endpoint.port == 30_100)
    }

    @Test(
        "of an upstream says what is wrong with it",
        arguments: [
            ("10.0.0.1:30100", "has no scheme"), ("", "has no scheme"), ("http:/a:1", "has no scheme"),
            ("ftp://a:1", "has a scheme that is neither http nor https"),
            ("http://a", "has no port"), ("http://", "has no port"), ("http://:1", "has no host"),
            ("http://a:0", "has a port that is no number from 1 to 65535"),
            ("http://u:p@a:1", "has a user, which is not supported"),
            ("http://a:1/", "has '/' after the port, where nothing may stand"),
            ("http://a:1?x=1", "has '?' after the port, where nothing may stand"),
            ("http://a:1#x", "has '#' after the port, where nothing may stand"),
        ]
    )
    func badUpstream(text: String, problem: String) {
        let error = #expect(throws: UpstreamEndpoint.Malformed.self) { try UpstreamEndpoint(parsing: text) }
        #expect(error?.description == "\(QuotedText(text)) \(problem): write it like http://10.0.0.1:30100")
    }

    @Test(
        "that is repeated in an error has nothing in it that may be a secret",
        arguments: [
            ("http://me:pw@a:1", "http://…@a:1"), ("me:pw@a:1", "…@a:1"), ("ftp://a/b:c@d@e", "ftp://…@e"),
            ("http://a:1/", "http://a:1/"), ("http://a:1/x", "http://a:1/…"), ("http://a?x=1", "http://a?…"),
            ("http://me:pw", "http://me:…"), ("[::1]:80", "[::1]:80"), ("http://[::1]", "http://[::1]"),
            ("a:80", "a:80"), ("a:b", "a:…"), ("az1", "az1"), ("", ""), ("@", "…@"), (":", ":"), ("://", "://"),
        ])
    func quoted(text: String, shown: String) {
        #expect("\(QuotedText(text))" == "'\(shown)'")
        #expect(QuotedText.plain(text) == shown)
    }

    @Test("that is repeated in an error is one line of 60 characters at most")
    func shortened() {
        #expect("\(QuotedText(String(repeating: "a", count: 60)))" == "'\(String(repeating: "a", count: 60))'")
        #expect("\(QuotedText(String(repeating: "a", count: 61)))" == "'\(String(repeating: "a", count: 60))…'")
        #expect("\(QuotedText("a\nb"))" == "'a…'")
    }
}
