import Registry
import ServiceCenterWire

/// The one entry that a write changes, where it is found, and how it looks when the write is done. Pure.
struct Echo {
    private enum Expectation {
        case present, gone
        case status(String)
        case properties([String: String])
    }

    private let service: ServiceID
    /// Nil for the microservice itself.
    private let instance: InstanceID?
    private let expectation: Expectation

    /// Nil for a write that changes more than one entry, or one that cannot be looked up.
    init?(of write: RegistryWrite, _ answer: WriteAnswer) {
        switch write {
        case .registerMicroservice(let body):
            guard let id = answer.member("serviceId"), Echo.hasNothingBeside(body) else { return nil }
            (service, instance, expectation) = (ServiceID(id), nil, .present)
        case .registerInstance(let service, _):
            guard let id = answer.member("instanceId") else { return nil }
            (self.service, instance, expectation) = (service, InstanceID(id), .present)
        case .unregisterInstance(let service, let id): (self.service, instance, expectation) = (service, id, .gone)
        case .changeStatus(let service, let id, let status):
            (self.service, instance, expectation) = (service, id, .status(status))
        case .changeInstanceProperties(let service, let id, let body):
            guard let properties = try? Requests.properties(body) else { return nil }
            (self.service, instance, expectation) = (service, id, .properties(properties))
        default: return nil
        }
    }

    var table: DumpTable { instance == nil ? .services : .instances }
    var isEnd: Bool { if case .gone = expectation { true } else { false } }

    func key(in tenant: Tenant) -> String {
        let ref = ServiceRef(tenant: tenant, id: service)
        return instance.map { DumpKey.instance(InstanceRef(service: ref, id: $0)) } ?? DumpKey.service(ref)
    }

    func path(in tenant: Tenant) -> [String] {
        ["v4", tenant.project, "registry", "microservices", service.text]
            + (instance.map { ["instances", $0.text] } ?? [])
    }

    /// The entry's value in `{"service":{…}}` or `{"instance":{…}}`; nil when it does not show the write yet.
    func value(in body: [UInt8]) -> [UInt8]? {
        guard let value = Echo.entry(of: table, in: body) else { return nil }
        switch expectation {
        case .present, .gone: return value
        case .status(let status): return (try? InstanceRecord(kept: value))?.status == status ? value : nil
        case .properties(let properties):
            return (try? InstanceRecord(kept: value))?.properties == properties ? value : nil
        }
    }

    /// The value of the entry in `{"service":{…}}` or `{"instance":{…}}`; nil when there is none.
    static func entry(of table: DumpTable, in body: [UInt8]) -> [UInt8]? {
        let name: StaticString = table == .services ? "service" : "instance"
        let found = try? JSONReader.read(body) { reader throws(JSONError) -> [UInt8]? in
            var found: [UInt8]?
            try reader.members { reader, key throws(JSONError) in
                let isIt = reader.equals(key, name)
                let range = try reader.skip()
                if isIt { found = Array(reader.bytes[range]) }
            }
            return found
        }
        return found ?? nil
    }

    /// Whether a registration brings the microservice alone, without tags, rules or instances.
    private static func hasNothingBeside(_ body: [UInt8]) -> Bool {
        let names = try? JSONReader.read(body) { reader throws(JSONError) -> [String] in
            var names: [String] = []
            try reader.members { reader, key throws(JSONError) in
                names.append(reader.string(key))
                try reader.skip()
            }
            return names
        }
        return names == ["service"]
    }
}
