import Testing

@testable import Discovery

@Suite("The endpoint of an instance")
struct InstanceAddressTests {
    @Test(
        "is taken apart and put together again",
        arguments: [
            ("rest://10.0.0.1:8080", "10.0.0.1", 8_080), ("rest://h:1?sslEnabled=true", "h", 1),
            ("grpc://[fd00::1]:80/path", "fd00::1", 80), ("http://node", "node", nil), ("http://[::1]#x", "::1", nil),
        ] as [(String, String, Int?)])
    func whole(text: String, host: String, port: Int?) throws {
        let address = try #require(InstanceAddress(text))
        #expect(address.host == host && address.port == port)
        #expect(address.description == text)
    }

    @Test("that has another form is none", arguments: ["", "10.0.0.1:80", "rest://", "rest://h:p", "rest:/h:1"])
    func others(text: String) { #expect(InstanceAddress(text) == nil) }
}
