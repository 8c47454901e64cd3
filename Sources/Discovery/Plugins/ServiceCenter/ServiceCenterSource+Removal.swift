import Registry
import ServiceCenterWire

/// Removing a microservice without force. Every observer, ours and those of others, depends on everything, so that its
/// service-center refuses; what it would have said without observers is found out here.
extension ServiceCenterSource {
    /// Removes a microservice whose removal was refused because of its consumers, when all of these are observers and
    /// it has no instances. Otherwise gives the refusal that fits.
    func remove(
        _ service: ServiceID, besideObservers refusal: WriteAnswer, for caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer {
        let path = ["v4", caller.tenant.project, "registry", "microservices", service.text]
        let consumers = await look(path + ["consumers"], [("noSelf", "1")], for: caller)
        let names = consumers.flatMap { body in
            ServiceCenterSource.list("consumers", in: body) { reader throws(JSONError) in
                try MicroserviceFields(from: &reader)
            }
        }
        guard let names, names.allSatisfy({ ObserverIdentity.isObserver(application: $0.application, name: $0.name) }),
            let body = await look(path + ["instances"], [], for: caller),
            let instances = ServiceCenterSource.list(
                "instances", in: body, { reader throws(JSONError) in try reader.skip() })
        else { return refusal }
        guard instances.isEmpty else {
            let detail = "Can not delete the service deployed instance(s)."
            return WriteAnswer(refusing: ServiceCenterError(.hasInstances, detail))
        }
        return try await send(
            ServiceCenterCall(.unregisterMicroservice(service, force: true), in: caller.tenant), for: caller)
    }

    private func look(_ path: [String], _ query: [(String, String)], for caller: Caller) async -> [UInt8]? {
        let answer = try? await client.look(ServiceCenterCall.target(path, query), for: caller, at: preferred)
        return answer?.status == 200 ? answer?.body : nil
    }

    /// A list in an answer, empty where it is absent; nil for an answer that cannot be read.
    private static func list<Element>(
        _ name: StaticString, in body: [UInt8], _ element: (inout JSONReader) throws(JSONError) -> Element
    ) -> [Element]? {
        try? JSONReader.read(body) { reader throws(JSONError) in
            var found: [Element] = []
            try reader.members { reader, key throws(JSONError) in
                guard reader.equals(key, name), try reader.peek() == .array else {
                    try reader.skip()
                    return
                }
                try reader.beginArray()
                while try reader.nextElement() { found.append(try element(&reader)) }
            }
            return found
        }
    }
}
