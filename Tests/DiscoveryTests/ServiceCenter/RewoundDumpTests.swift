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

    @Test("is recognised by a new entry below the highest revision of its table, where no entry is known")
    func nothingInCommon() throws {
        var snapshot = ServiceCenterSnapshot()
        #expect(try !snapshot.isRewound(["a": 100, "b": 110]))
        let other = try snapshot.read(instances(["c": 50, "d": 60])).delta
        #expect(other.evidence == .read(isRewound: true))
        #expect(other.removedInstances.map(\.id.text).sorted() == ["a", "b"])
        // From there on it counts, as the revisions of a new store.
        #expect(try !snapshot.isRewound(["c": 50, "d": 60, "e": 61]))
        #expect(try snapshot.isRewound(["c": 50, "f": 52]))
    }

    @Test("is none when the entry with the highest revision has ended, or a new one is above others that are missing")
    func legitimate() throws {
        var snapshot = ServiceCenterSnapshot()
        #expect(try !snapshot.isRewound(["a": 100, "b": 110]))
        #expect(try !snapshot.isRewound(["a": 100]))
        #expect(try !snapshot.isRewound(["c": 111]))
        #expect(try !snapshot.isRewound(["c": 111, "late": 90]))
    }

    @Test("knows the highest revision of each origin and each table, though the entry that had it has ended")
    func levels() throws {
        var snapshot = ServiceCenterSnapshot()
        #expect(try !snapshot.isRewound(["a": 100, "b": 110]))
        #expect(try !snapshot.isRewound(["a": 100, "x": 5], clusters: ["x": "other"]))
        #expect(try !snapshot.isRewound(["a": 100, "x": 5]))
        #expect(try snapshot.isRewound(["a": 100, "c": 105]))
        #expect(try snapshot.read(dump(rev: 7, cluster: "third")).delta.evidence == .read(isRewound: false))
    }

    @Test("is recognised by an entry that was told beside the dumps, of which no dump has said the revision")
    func toldAlone() throws {
        var snapshot = ServiceCenterSnapshot()
        #expect(try !snapshot.isRewound(["a": 100]))
        _ = snapshot.withdraw(key: "/cse-sr/inst/files/default/default/s/a")
        var decoder = DumpDecoder()
        let key = "/cse-sr/inst/files/default/default/s/b"
        let value = #"{"instanceId":"b","serviceId":"s","status":"UP"}"#
        let entry = try decoder.decode(
            .instances, key: key, revision: snapshot.nextRevision(), cluster: "sc", value: Array(value.utf8))
        _ = snapshot.tell(entry, key: key)
        #expect(try snapshot.isRewound(["b": 50]))
    }

    @Test("is not looked for in what a Mainstem passes on, whose revisions may be its own")
    func mainstem() throws {
        var snapshot = ServiceCenterSnapshot()
        for revision in [100, 50] {
            var update = snapshot.beginUpdate(at: .zero)
            update.upstream = UpstreamPath(process: "1")
            try update.feed(instances(["i\(revision)": revision]), against: &snapshot)
            try update.finish()
            #expect(snapshot.commit(update).evidence == .read(isRewound: false))
        }
    }

    private func value(_ id: String) -> String { #"{"instanceId":"\#(id)","serviceId":"s","status":"UP"}"# }

    fileprivate func instances(_ revisions: [String: Int], clusters: [String: String] = [:]) -> [UInt8] {
        let entries = revisions.map { id, revision in
            #"{"key":"/cse-sr/inst/files/default/default/s/\#(id)","rev":\#(revision),"#
                + #""cluster":"\#(clusters[id] ?? "sc")","value":\#(value(id))}"#
        }
        return Array(#"{"cache":{"instances":[\#(entries.joined(separator: ","))]}}"#.utf8)
    }
}

extension ServiceCenterSnapshot {
    /// Reads a dump of these instances, and says whether its revisions went back.
    fileprivate mutating func isRewound(
        _ revisions: [String: Int], clusters: [String: String] = [:]
    ) throws -> Bool {
        let dump = RewoundDumpTests().instances(revisions, clusters: clusters)
        return try read(dump).delta.evidence == .read(isRewound: true)
    }
}
