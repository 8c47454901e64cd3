import Registry
import ServiceCenterWire
import Testing

@Suite("An instance that is marked as stale") struct InstanceMarkTests {
    @Test(
        "says since when in its properties, wherever they stand, and its service ID is still found",
        arguments: [
            (
                #"{"instanceId":"i","serviceId":"s","properties":{"a":"b"},"version":"1"}"#,
                #"{"instanceId":"i","serviceId":"s","properties":{"mainstem.staleSince":"7","a":"b"},"version":"1"}"#
            ),
            (
                #"{"properties":{ },"instanceId":"i","serviceId":"s"}"#,
                #"{"properties":{"mainstem.staleSince":"7" },"instanceId":"i","serviceId":"s"}"#
            ),
            (
                #"{"instanceId":"i","serviceId":"s"}"#,
                #"{"instanceId":"i","serviceId":"s","properties":{"mainstem.staleSince":"7"}}"#
            ),
        ])
    func marked(body: String, expected: String) throws {
        let bytes = Array(body.utf8)
        let start = try #require(body.firstRange(of: #""s""#)?.lowerBound)
        let offset = body.utf8.distance(from: body.startIndex, to: start) + 1
        let instance = Instance(
            ref: InstanceRef(service: ServiceRef(tenant: .default, id: ServiceID("s")), id: InstanceID("i")),
            status: .up, body: bytes, serviceIDRange: offset..<offset + 1, upstreamRevision: 3, origin: "o",
            leaseSeconds: 9)
        let marked = Instance.marked(instance, since: UnixTime(nanoseconds: 7_900_000_000))
        #expect(String(decoding: marked.body, as: UTF8.self) == expected)
        let range = Int(marked.serviceIDRange.lowerBound)..<Int(marked.serviceIDRange.upperBound)
        #expect(String(decoding: marked.body[range], as: UTF8.self) == "s")
        #expect(marked.original === instance)
        #expect(marked.leaseSeconds == 9)
    }
}
