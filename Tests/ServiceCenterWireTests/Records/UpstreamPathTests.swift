import ServiceCenterWire
import Testing

@Suite("The path of what a Mainstem says") struct UpstreamPathTests {
    @Test("begins with the upstream's process, and is nothing for an upstream that is no Mainstem")
    func path() {
        #expect(UpstreamPath(process: "b").path(via: "") == "b")
        #expect(UpstreamPath(process: "b").path(via: "c,d") == "b,c,d")
        #expect(UpstreamPath(process: "").path(via: "c,d") == "")
        #expect(UpstreamPath.process(ofRevision: "b7.12") == "b7")
        #expect(UpstreamPath.process(ofRevision: "12") == "")
    }

    @Test("is compared without being made", arguments: [("b", "", "b"), ("b", "c,d", "b,c,d"), ("", "", "")])
    func same(process: String, via: String, path: String) {
        let upstream = UpstreamPath(process: process)
        let bytes = Array(via.utf8)
        #expect(bytes.withUnsafeBufferPointer { upstream.leads(via: $0, to: path) })
        #expect(bytes.withUnsafeBufferPointer { !upstream.leads(via: $0, to: path + "x") })
    }

    @Test("comes through each process in it, and through no other")
    func through() {
        #expect(UpstreamPath.comes("b,c,d", through: "c"))
        #expect(!UpstreamPath.comes("b,cc,d", through: "c"))
        #expect(!UpstreamPath.comes("", through: "c"))
    }
}
