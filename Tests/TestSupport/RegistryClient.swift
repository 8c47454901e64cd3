package import Discovery
import Foundation

/// A client that speaks service-center's protocol over real sockets, as a test needs it.
package struct RegistryClient: Sendable {
    package let url: String
    private let transfers: HTTPTransfers

    /// A client of the registry at `host:port`.
    package init(_ address: String, _ transfers: HTTPTransfers) {
        url = "http://\(address)"
        self.transfers = transfers
    }

    package func ask(
        _ method: String, _ path: String, headers: [String: String] = [:], body: String? = nil
    ) async throws -> LiveRegistry.Answer {
        let request = TransferRequest(
            TransferRequest.Method(rawValue: method) ?? .get, url: url + path,
            headers: headers.map { (name: $0.key, value: $0.value) }, body: body.map { Array($0.utf8) },
            timeout: .seconds(120))
        let response = try await transfers.start(request)
        let answer = try await response.collect()
        return LiveRegistry.Answer(status: response.status, headers: response.headers, body: answer)
    }

    /// Registers a microservice and gives its ID.
    package func register(_ name: String, version: String = "1.0.0", environment: String = "") async throws -> String {
        let body = """
            {"service":{"appId":"shop","serviceName":"\(name)","version":"\(version)","environment":"\(environment)"}}
            """
        return try await id("serviceId", ask("POST", "/v4/default/registry/microservices", body: body))
    }

    /// Registers an instance and gives its ID.
    package func start(_ host: String, of service: String, lease: (interval: Int, times: Int) = (30, 3)) async throws
        -> String
    {
        let body = """
            {"instance":{"hostName":"\(host)","endpoints":["rest://\(host):80"],
            "healthCheck":{"mode":"push","interval":\(lease.interval),"times":\(lease.times)}}}
            """
        let path = "/v4/default/registry/microservices/\(service)/instances"
        return try await id("instanceId", ask("POST", path, body: body))
    }

    package func stop(_ instance: String, of service: String) async throws {
        let answer = try await ask(
            "DELETE", "/v4/default/registry/microservices/\(service)/instances/\(instance)")
        guard answer.status == 200 else { throw NeverHappened(what: "\(instance) is unregistered: \(answer.text)") }
    }

    /// The host names that a find gives, sorted; nil when it is refused.
    package func hosts(of name: String, version: String = "0%2B", consumer: String? = nil) async throws -> [String]? {
        let answer = try await find(name, version: version, consumer: consumer)
        guard answer.status == 200 else { return nil }
        return (answer.json?["instances"]?.elements ?? []).compactMap { $0["hostName"]?.text }.sorted()
    }

    /// The IDs of a microservice's instances.
    package func instanceIDs(of service: String) async throws -> [String] {
        let answer = try await ask("GET", "/v4/default/registry/microservices/\(service)/instances")
        return (answer.json?["instances"]?.elements ?? []).compactMap { $0["instanceId"]?.text }
    }

    package func find(
        _ name: String, version: String = "0%2B", consumer: String? = nil, more: String = ""
    ) async throws -> LiveRegistry.Answer {
        let query = "appId=shop&serviceName=\(name)&version=\(version)\(more)"
        return try await ask(
            "GET", "/v4/default/registry/instances?\(query)", headers: consumer.map { ["X-ConsumerId": $0] } ?? [:])
    }

    private func id(_ name: String, _ answer: LiveRegistry.Answer) throws -> String {
        guard answer.status == 200, let id = answer.json?[name]?.text else {
            throw NeverHappened(what: "a registration is taken: \(answer.status) \(answer.text)")
        }
        return id
    }
}
