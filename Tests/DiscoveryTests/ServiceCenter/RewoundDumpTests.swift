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

    @Test("is believed when all reads of a lease's time had it, and then a lower one is news again")
    func believed() throws {
        var snapshot = ServiceCenterSnapshot()
        func isRewound(_ rev: Int, _ second: Int) throws -> Bool {
            try snapshot.read(dump(rev: rev), at: .seconds(second)).delta.evidence == .read(isRewound: true)
        }
        #expect(try !isRewound(100, 0))
        #expect(try [10, 60, 129].map { try isRewound(7, $0) } == [true, true, true])
        let believed = try snapshot.read(dump(rev: 7), at: .seconds(130)).delta
        #expect(believed.evidence == .read(isRewound: false))
        #expect(believed.instances.map(\.upstreamRevision) == [7])
        #expect(try [140, 150].map { try isRewound(7, $0) } == [false, false])
        #expect(try isRewound(6, 160))
    }

    @Test("is never believed when a copy that is behind answers now and then")
    func laggingCopy() throws {
        var snapshot = ServiceCenterSnapshot()
        _ = try snapshot.read(dump(rev: 100))
        for second in stride(from: 10, to: 600, by: 20) {
            let behind = try snapshot.read(dump(rev: 7), at: .seconds(second)).delta
            #expect(behind.evidence == .read(isRewound: true), "second \(second)")
            _ = try snapshot.read(dump(rev: 100), at: .seconds(second + 10))
        }
    }

    @Test("is recognised by what was told beside the dumps too, once a dump has had it")
    func told() throws {
        var snapshot = ServiceCenterSnapshot()
        let key = "/cse-sr/inst/files/default/default/s/i"
        func tell(hostName: String) throws {
            let value = #"{"instanceId":"i","serviceId":"s","hostName":"\#(hostName)","status":"UP"}"#
            var decoder = DumpDecoder()
            let entry = try decoder.decode(
                .instances, key: key, revision: snapshot.nextRevision(), cluster: "sc", value: Array(value.utf8))
            _ = snapshot.tell(entry, key: key)
        }
        func isRewound(_ rev: Int, _ hostName: String) throws -> Bool {
            let dump = withoutServices(dump(rev: rev, hostName: hostName))
            return try snapshot.read(dump).delta.evidence == .read(isRewound: true)
        }
        try tell(hostName: "h")
        // The revision of what was told is our own: whatever the dump says is right.
        #expect(try !isRewound(7, "h"))
        #expect(try isRewound(6, "h"))
        try tell(hostName: "new")
        // A copy that has not heard of it yet.
        #expect(try isRewound(7, "h"))
        try tell(hostName: "newer")
        #expect(try !isRewound(8, "newer"))
    }

    /// The instances of a dump alone.
    private func withoutServices(_ dump: [UInt8]) -> [UInt8] {
        let text = String(decoding: dump, as: UTF8.self)
        let instances = text.split(separator: #""instances":"#)[1]
        return Array(#"{"cache":{"instances":\#(instances)"#.utf8)
    }

    @Test("is none when the entry is another store's now")
    func others() throws {
        var snapshot = ServiceCenterSnapshot()
        _ = try snapshot.read(dump(rev: 100))
        #expect(try snapshot.read(dump(rev: 7, cluster: "other")).delta.evidence == .read(isRewound: false))
    }
}
