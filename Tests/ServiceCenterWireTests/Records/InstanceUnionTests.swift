import Registry
import ServiceCenterWire
import Testing

@Suite("The union of several words on an instance")
struct InstanceUnionTests {
    private func word(_ endpoints: [String], _ properties: [String: String] = [:], host: String = "h") -> Instance {
        var record = InstanceRecord()
        (record.id, record.serviceID, record.hostName) = ("i", "s", host)
        (record.endpoints, record.properties, record.modTimestamp) = (endpoints, properties, "17")
        return record.instance(in: .default, upstreamRevision: 3)
    }

    @Test("has all endpoints and properties, the first one's first, and is the first one's in everything else")
    func union() throws {
        let first = word(["rest://a:1"], ["x": "1"], host: "one")
        let united = Instance.united([
            first, word(["rest://b:2", "rest://a:1"], ["x": "2", "y": "2"]), word(["rest://c:3"], ["y": "3"]),
        ])
        let record = try InstanceRecord(kept: united.body)
        #expect(record.endpoints == ["rest://a:1", "rest://b:2", "rest://c:3"])
        #expect(record.properties == ["x": "1", "y": "2"])
        #expect(record.hostName == "one")
        #expect(united.original === first && united.modified == 17 && united.endpoints == record.endpoints)
        let range = Int(united.serviceIDRange.lowerBound)..<Int(united.serviceIDRange.upperBound)
        #expect(Array(united.body[range]) == Array("s".utf8))
    }

    @Test("is the first word itself when the others add nothing")
    func same() {
        let first = word(["rest://a:1"], ["x": "1"])
        #expect(Instance.united([first, word([], ["x": "2"])]) === first)
        #expect(Instance.united([first]) === first)
    }
}
