import Registry
import ServiceCenterWire
import Testing

@testable import Discovery

@Suite("A dump whose revisions go back")
struct RewoundDumpTests {
    private func dump(rev: Int, cluster: String = "sc", hostName: String = "h") -> [UInt8] {
        let service = #"{"serviceId":"s","appId":"shop","serviceName":"cart","version":"1"}"#
        let instance = #"{"instanceId":"i","serviceId":"s","hostName":"\#(hostName)","status":"UP"}"#
        func entry(_ key: String, _ value: String) -> String {
            #"[{"key":"\#(key)","rev":\#(rev),"cluster":"\#(cluster)","value":\#(value)}]"#
        }
        let services = entry("/cse-sr/ms/files/default/default/s", service)
        let instances = entry("/cse-sr/inst/files/default/default/s/i", instance)
        return Array(#"{"cache":{"services":\#(services),"instances":\#(instances)}}"#.utf8)
    }

    @Test("says so, and withdraws nothing by that alone")
    func rewound() throws {
        var snapshot = ServiceCenterSnapshot()
        #expect(try snapshot.read(dump(rev: 100)).delta.evidence == .read(isRewound: false))
        let rewound = try snapshot.read(dump(rev: 7)).delta
        #expect(rewound.evidence == .read(isRewound: true))
        #expect(rewound.removedInstances.isEmpty)
        #expect(try snapshot.read(dump(rev: 101, hostName: "new")).delta.evidence == .read(isRewound: false))
        #expect(try snapshot.read(dump(rev: 102, hostName: "new")).delta.evidence == .read(isRewound: false))
    }

    @Test("is none when the entry is another store's now")
    func others() throws {
        var snapshot = ServiceCenterSnapshot()
        _ = try snapshot.read(dump(rev: 100))
        #expect(try snapshot.read(dump(rev: 7, cluster: "other")).delta.evidence == .read(isRewound: false))
    }
}
