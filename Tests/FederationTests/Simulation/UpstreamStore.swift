import Registry
import TestSupport

/// What one simulated service-center holds, or held at some time.
struct UpstreamStore {
    struct Service {
        let name: String
        var id: String
        var level = 0
        var revision: Int64 = 0

        var value: String {
            #"{"serviceId":"\#(id)","appId":"shop","serviceName":"\#(name)","version":"1.0.0","level":"L\#(level)"}"#
        }
    }

    struct Member {
        let id: String
        /// The name of its microservice.
        let service: String
        var host = 0
        var isUp = true
        /// In seconds since 1970, on the clock of its upstream.
        var modified: Int64 = 0
        var revision: Int64 = 0

        /// Where it is found whatever IDs its microservice is given.
        var place: String { "\(service)/\(id)" }

        func value(under serviceID: String) -> String {
            #"{"instanceId":"\#(id)","serviceId":"\#(serviceID)","hostName":"h\#(host)","status":"#
                + #""\#(isUp ? "UP" : "DOWN")","modTimestamp":"\#(modified)"}"#
        }
    }

    var services: [Service] = []
    var members: [Member] = []
    /// The revision of the last change.
    var revision: Int64 = 0

    /// The microservice with a name.
    static func key(ofService name: String) -> MicroserviceKey {
        MicroserviceKey(
            name: MicroserviceName(tenant: .default, environment: "", application: "shop", name: name),
            version: "1.0.0")
    }

    static func key(of serviceID: String) -> String { "/cse-sr/ms/files/default/default/\(serviceID)" }

    static func key(of member: String, under serviceID: String) -> String {
        "/cse-sr/inst/files/default/default/\(serviceID)/\(member)"
    }

    func serviceID(of name: String) -> String? { services.first { $0.name == name }?.id }

    /// A dump's bytes: another order each time, and some entries twice.
    func dump(_ random: inout SeededGenerator) -> [UInt8] {
        var lines = services.map { Self.line(Self.key(of: $0.id), $0.revision, $0.value) }
        let services = Self.table("services", &lines, &random)
        lines = members.compactMap { member in
            serviceID(of: member.service).map {
                Self.line(Self.key(of: member.id, under: $0), member.revision, member.value(under: $0))
            }
        }
        let instances = Self.table("instances", &lines, &random)
        let tables = random.chance(50) ? [services, instances] : [instances, services]
        return Array(#"{"cache":{\#(tables.joined(separator: ","))}}"#.utf8)
    }

    private static func line(_ key: String, _ revision: Int64, _ value: String) -> String {
        #"{"key":"\#(key)","rev":\#(revision),"cluster":"up","value":\#(value)}"#
    }

    private static func table(_ name: String, _ lines: inout [String], _ random: inout SeededGenerator) -> String {
        if !lines.isEmpty, random.chance(20) { lines.append(random.pick(lines)) }
        lines.shuffle(using: &random)
        return #""\#(name)":[\#(lines.joined(separator: ","))]"#
    }
}
