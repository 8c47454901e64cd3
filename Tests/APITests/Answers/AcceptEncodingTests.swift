import API
import Testing

@Suite struct AcceptEncodingTests {
    @Test(
        "gzip is taken when it or everything is named with a weight",
        arguments: [
            "gzip", "GZip", "gzip, deflate, br", "deflate, gzip;q=0.5", "br;q=1.0 , gzip ; q=0.001", "x-gzip", "*",
            "identity, *;q=0.1", "*;q=0, gzip",
        ])
    func taken(_ value: String) { #expect(AcceptEncoding.allowsGzip(value)) }

    @Test(
        "gzip is not taken when it is not named, or with a weight of zero",
        arguments: [
            "", "identity", "deflate, br", "gzip;q=0", "gzip;q=0.000", "gzip; q=0, *", "*;q=0", "gzipped", "gzip;q=x",
        ])
    func notTaken(_ value: String) { #expect(!AcceptEncoding.allowsGzip(value)) }
}
