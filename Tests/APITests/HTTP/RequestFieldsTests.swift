import NIOHTTP1
import Testing

@testable import API

@Suite struct RequestFieldsTests {
    private func fields(_ headers: [(String, String)]) -> RequestFields {
        RequestFields(
            HTTPRequestHead(version: .http1_1, method: .GET, uri: "/abc", headers: HTTPHeaders(headers)))
    }

    @Test("names are read in any case, and of two equal ones the first counts")
    func names() {
        let fields = fields([
            ("x-DOMAIN-name", "a"), ("X-Domain-Name", "b"), ("X-CONSUMERID", ""), ("X-ConsumerId", "c"),
            ("Accept-encoding", "gzip"), ("expect", "100-Continue"),
        ])
        #expect(fields.domain == "a" && fields.consumer?.isEmpty == true)
        #expect(fields.acceptsGzip && fields.expectsContinue)
    }

    @Test("what is absent is nil or false, and other names of the same length are others")
    func absent() {
        let fields = fields([("X-Domain-Nane", "a"), ("X-ConsumerIt", "a"), ("Accept-Encodinh", "gzip")])
        #expect(fields.domain == nil && fields.consumer == nil)
        #expect(!fields.acceptsGzip && !fields.expectsContinue)
    }

    @Test("the size is that of the target and of each line")
    func size() { #expect(fields([("a", "12"), ("bc", "3")]).bytes == 4 + 7 + 7) }
}
