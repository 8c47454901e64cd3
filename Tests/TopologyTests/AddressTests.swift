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
            ("a:65536", "has the port '65536', which is not from 0 to 65535"),
            ("a:-1", "has the port '-1', which is not from 0 to 65535"),
            ("a:080", "has the port '080', which is not from 0 to 65535"),
            ("a b:80", "has the host 'a b', which is no name and no address"),
            ("[]:80", "has the host '[]', which is no name and no address"),
            ("[1:2]:80", "has the host '[1:2]', which is not an IPv6 address"),
            ("http://a:80", "has an IPv6 address without brackets"),
        ]
    )
    func badListen(text: String, problem: String) {
        let error = #expect(throws: ListenAddress.Malformed.self) { try ListenAddress(parsing: text) }
        let advice = "write it like 127.0.0.1:30100, 0.0.0.0:30100 or [::1]:30100"
        #expect(error?.description == "'\(text)' \(problem): \(advice)")
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
            ("ftp://a:1", "has the scheme 'ftp', which is neither http nor https"),
            ("http://a", "has no port"), ("http://", "has no port"), ("http://:1", "has no host"),
            ("http://a:0", "has the port '0', which is not from 1 to 65535"),
            ("http://u:p@a:1", "has a user, which is not supported"),
            ("http://a:1/", "has '/' after the port, where nothing may stand"),
            ("http://a:1?x=1", "has '?x=1' after the port, where nothing may stand"),
            ("http://a:1#x", "has '#x' after the port, where nothing may stand"),
        ]
    )
    func badUpstream(text: String, problem: String) {
        let error = #expect(throws: UpstreamEndpoint.Malformed.self) { try UpstreamEndpoint(parsing: text) }
        #expect(error?.description == "'\(text)' \(problem): write it like http://10.0.0.1:30100")
    }
}
