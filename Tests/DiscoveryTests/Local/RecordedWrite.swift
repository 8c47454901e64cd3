import Discovery
import Foundation
import Registry
import TestSupport

/// A recorded write: what was asked, and what the real one answered.
struct RecordedWrite {
    let label: String
    let method: String
    let path: String
    let body: [UInt8]
    let status: Int
    let answer: String

    /// The writes of a recording, in order. Bodies keep their numbers as they were sent.
    static func all(_ name: String, target: String = "sc-1") throws -> [RecordedWrite] {
        let data = try Data(Recordings.data(name))
        let exchanges = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
        return try exchanges.filter { $0["target"] as? String == target }.map(RecordedWrite.init)
    }

    private init(_ exchange: [String: Any]) throws {
        let request = exchange["request"] as? [String: Any] ?? [:]
        let response = exchange["response"] as? [String: Any] ?? [:]
        label = exchange["label"] as? String ?? ""
        method = request["method"] as? String ?? ""
        path = request["path"] as? String ?? ""
        status = response["status"] as? Int ?? 0
        answer = response["body"] as? String ?? ""
        switch request["body"] {
        case let text as String: body = Array(text.utf8)
        case let object as [String: Any]: body = Array(try JSONSerialization.data(withJSONObject: object))
        default: body = []
        }
    }

    /// The write that it asks for, IDs translated; nothing for what no write of ours is.
    func write(_ ids: [String: String]) -> RegistryWrite? {
        let (route, query) = path.split(separator: "?").map(String.init).pair
        let parts = route.split(separator: "/").map { ids[String($0)] ?? String($0) }
        let text = ids.reduce(String(decoding: body, as: UTF8.self)) { $0.replacing($1.key, with: $1.value) }
        let body = Array(text.utf8)
        guard parts.count > 3, parts[2] == "registry" else { return nil }
        let service = ServiceID(parts.count > 4 ? parts[4] : "")
        let instance = InstanceID(parts.count > 6 ? parts[6] : "")
        switch (method, parts[3], parts.count, parts.last) {
        case ("POST", "microservices", 4, _): return .registerMicroservice(body: body)
        case ("DELETE", "microservices", 5, _): return .unregisterMicroservice(service, force: query == "force=true")
        case ("PUT", "microservices", 6, "properties"): return .changeMicroserviceProperties(service, body: body)
        case ("POST", "microservices", 6, "instances"): return .registerInstance(service, body: body)
        case ("DELETE", "microservices", 7, _): return .unregisterInstance(service, instance)
        case ("PUT", "microservices", 8, "heartbeat"): return .heartbeat(service, instance)
        case ("PUT", "heartbeats", 4, _): return .heartbeats(body: body)
        case ("PUT", "microservices", 8, "status"):
            return .changeStatus(service, instance, status: String(query.dropFirst("value=".count)))
        case ("PUT", "microservices", 8, "properties"): return .changeInstanceProperties(service, instance, body: body)
        default: return nil
        }
    }
}

extension [String] {
    fileprivate var pair: (String, String) { (first ?? "", count > 1 ? self[1] : "") }
}
