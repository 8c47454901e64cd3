import Registry
import ServiceCenterWire
import TestSupport
import Testing

@Suite("A record")
struct RecordTests {
    @Test(
        "of a recorded registration becomes the entry that the real one kept",
        .enabled(if: Recordings.areThere, "reads ../shared"))
    func recordedInstances() throws {
        let kept = Merged.entries(try Recordings.data("dump-sc-1.json"))["instances", default: [:]].values
        var compared = 0
        for exchange in try Recordings.exchanges("0-setup.json") where exchange.request.path.hasSuffix("/instances") {
            let id = JSONValue(foundation: Array(exchange.response.body.utf8))?["instanceId"]?.text
            guard let entry = kept.first(where: { $0["value"]?["instanceId"]?.text == id })?["value"] else { continue }
            var record = try InstanceRecord(request: Array(try #require(exchange.request.body).description.utf8))
            record.serviceID = entry["serviceId"]?.text ?? ""
            #expect(throws: Never.self) { try record.validate() }
            record.id = try #require(id)
            record.timestamp = entry["timestamp"]?.text ?? ""
            record.modTimestamp = entry["modTimestamp"]?.text ?? ""
            record.version = entry["version"]?.text ?? ""
            record.healthCheck = InstanceRecord.HealthCheck()
            record.status = entry["status"]?.text ?? ""
            #expect(JSONValue(foundation: record.body)?.asSets == entry)
            compared += 1
        }
        #expect(compared >= 19)
    }

    @Test(
        "of an instance tells where its service ID stands, whatever characters it has",
        arguments: [
            "s1", #"a"b"#, #"a\b"#, "é\u{1}", String(repeating: "x", count: 64),
        ])
    func serviceIDRange(id: String) throws {
        var record = InstanceRecord()
        (record.id, record.serviceID, record.hostName) = ("i1", id, "h")
        let instance = record.instance(in: .default, upstreamRevision: 1)
        #expect(JSONValue(foundation: instance.body)?["serviceId"] == .string(id))
        var writer = JSONWriter()
        writer.instance(instance, servedUnder: ServiceID("other\""), version: "1", source: SourceID("x"))
        let served = JSONValue(foundation: writer.bytes)
        #expect(served?["serviceId"] == .string("other\""))
        #expect(served?["cluster"] == .string("x"))
        #expect(served?["hostName"] == .string("h"))
    }

    @Test("of an instance without a version is served with its microservice's, one with a version as it is")
    func version() throws {
        var decoder = DumpDecoder()
        for (members, expected) in [("", "2.5"), (#","version":"1.0""#, "1.0")] {
            let body = #"{"instanceId":"i","serviceId":"s"\#(members)}"#
            let key = "/cse-sr/inst/files/default/default/s/i"
            let entry = try decoder.decode(.instances, key: key, revision: 1, value: Array(body.utf8))
            guard case .instance(let instance) = entry else { throw NeverHappened(what: "an instance") }
            for (id, source) in [("s", nil), ("t", nil), ("s", SourceID("x"))] {
                var writer = JSONWriter()
                writer.instance(instance, servedUnder: ServiceID(id), version: "2.5", source: source)
                let served = JSONValue(foundation: writer.bytes)
                #expect(served?["version"] == .string(expected))
                #expect(served?["serviceId"] == .string(id))
                #expect(served?["cluster"] == source.map { .string($0.name) })
            }
        }
    }

    @Test("reads any member of a registration that is null as absent")
    func nulls() throws {
        let members = ["serviceId", "endpoints", "status", "properties", "healthCheck", "dataCenterInfo", "x"]
        let nulls = members.map { "\"\($0)\":null" }.joined(separator: ",")
        let record = try InstanceRecord(request: Array(#"{"x":[],"instance":{"hostName":"h",\#(nulls)}}"#.utf8))
        #expect(record.hostName == "h")
        #expect(record.healthCheck == nil)
    }

    @Test(
        "lives as long as its heartbeats may be missed",
        arguments: [
            (#"{}"#, 120), (#"{"healthCheck":{"mode":"push","interval":10,"times":2}}"#, 30),
            (#"{"healthCheck":{"mode":"push","interval":1,"times":0}}"#, 1),
            (#"{"healthCheck":{"mode":"pull","interval":7,"times":7}}"#, 120),
            (#"{"healthCheck":{"interval":5,"times":1}}"#, 10),
        ])
    func lease(instance: String, seconds: Int64) throws {
        let record = try InstanceRecord(request: Array(#"{"instance":\#(instance)}"#.utf8))
        #expect(record.lease == .seconds(seconds))
    }

    @Test(
        "without what it must have is refused",
        arguments: ["", "{", "[]", #"{"service":1}"#, #"{"service":{"appId":1}}"#])
    func malformed(body: String) {
        let error = #expect(throws: ServiceCenterError.self) { try MicroserviceRecord(request: Array(body.utf8)) }
        #expect(error?.code == .invalidParameters)
    }

    @Test(
        "that is not there counts as an empty body, as in the recording",
        arguments: [
            "null", "{}", #"{"service":null}"#, #"{"other":{}}"#,
        ])
    func absent(body: String) {
        let error = #expect(throws: ServiceCenterError.self) { try MicroserviceRecord(request: Array(body.utf8)) }
        #expect(error == ServiceCenterError(.invalidParameters, "Request body is empty"))
    }
}
