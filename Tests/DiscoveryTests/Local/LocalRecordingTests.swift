import HashTreeCollections
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

@Suite("The local registry answers the recorded writes", .enabled(if: Recordings.areThere, "reads ../shared"))
struct LocalRecordingTests {
    @Test("with the recorded status, code and detail")
    func replay() throws {
        var registry = LocalState(LocalRegistry(settings: LocalSettings()))
        var ids: [String: String] = [:]
        var replayed = 0
        for recorded in try RecordedWrite.all("5-writes-sc-1.json") {
            guard let write = recorded.write(ids) else { continue }
            replayed += 1
            let expected = JSONValue(parsing: recorded.answer.utf8)
            do throws(ServiceCenterError) {
                let answer = try registry.write(write).answer
                #expect(answer.status == recorded.status, "\(recorded.label)")
                let body = JSONValue(parsing: answer.body)
                #expect(body?["serviceId"] == expected?["serviceId"], "\(recorded.label)")
                #expect((body == nil) == (expected == nil), "\(recorded.label)")
                if let theirs = expected?["instanceId"]?.text { ids[theirs] = body?["instanceId"]?.text }
            } catch {
                #expect(error.code.status == recorded.status, "\(recorded.label): \(error.detail)")
                // What is wrong with text that is no JSON is said in the words of the parser.
                let isSyntax = recorded.label == "register bad json"
                let body = isSyntax ? JSONValue(parsing: error.body)?["errorCode"] : JSONValue(parsing: error.body)
                #expect(body == (isSyntax ? expected?["errorCode"] : expected), "\(recorded.label)")
            }
        }
        #expect(replayed == 29)
        #expect(ids.count == 3)
        #expect(registry.registry.holdings.isEmpty)
        #expect(registry.registry.instanceCount == 0)
    }

    @Test("with the recorded service IDs", arguments: ["sc-1", "sc-2"])
    func serviceIDs(target: String) throws {
        var registry = LocalState(LocalRegistry(settings: LocalSettings()))
        var compared = 0
        for recorded in try RecordedWrite.all("0-setup.json", target: target) {
            guard case .registerMicroservice(let body)? = recorded.write([:]) else { continue }
            let answer = try registry.write(.registerMicroservice(body: body)).answer
            #expect(String(decoding: answer.body, as: UTF8.self) == recorded.answer)
            compared += 1
        }
        #expect(compared >= 8)
    }

    @Test("and holds then what the real one held")
    func state() throws {
        var registry = LocalState(LocalRegistry(settings: LocalSettings()))
        var ids: [String: String] = [:]
        for recorded in try RecordedWrite.all("0-setup.json") {
            guard let write = recorded.write(ids) else { continue }
            let answer = JSONValue(parsing: try registry.write(write).answer.body)
            if let theirs = JSONValue(parsing: recorded.answer.utf8)?["instanceId"]?.text {
                ids[theirs] = answer?["instanceId"]?.text
            }
        }
        let dump = try #require(JSONValue(parsing: Recordings.data("dump-sc-1.json"))?["cache"])
        let times: Set = ["timestamp", "modTimestamp"]
        func untimed(_ value: JSONValue?) -> JSONValue? {
            guard case .object(let members)? = value else { return value }
            return .object(members.filter { !times.contains($0.key) })
        }
        func isOwn(_ value: JSONValue?) -> Bool { value?["version"]?.text != "1.4.8" }
        let services = (dump["services"]?.elements ?? []).map { $0["value"] }.filter(isOwn)
        #expect(services.count == registry.registry.holdings.count)
        for service in services {
            let id = ServiceID(service?["serviceId"]?.text ?? "")
            let kept = registry.registry.holdings[ServiceRef(tenant: .default, id: id)]?.microservice
            #expect(untimed(JSONValue(parsing: kept?.body ?? [])) == untimed(service))
        }
        let instances = (dump["instances"]?.elements ?? []).map { $0["value"] }.filter(isOwn)
        #expect(instances.count == registry.registry.instanceCount)
        for instance in instances {
            let theirs = instance?["instanceId"]?.text ?? ""
            let service = ServiceRef(tenant: .default, id: ServiceID(instance?["serviceId"]?.text ?? ""))
            let kept = registry.registry.instance(InstanceRef(service: service, id: InstanceID(ids[theirs] ?? "")))
            guard case .object(var ours)? = untimed(JSONValue(parsing: kept?.body ?? [])) else {
                Issue.record("\(theirs) is not kept")
                continue
            }
            ours["instanceId"] = .string(theirs)
            #expect(.object(ours) == untimed(instance))
        }
    }
}
