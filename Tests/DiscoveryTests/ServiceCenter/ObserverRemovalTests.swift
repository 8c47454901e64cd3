import Discovery
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@Suite("A microservice of a service-center that is observed")
struct ObserverRemovalTests {
    private static let observer = #"{"serviceId":"o","appId":"mainstem","serviceName":"observer","version":"1.0.0"}"#
    private static let other = #"{"serviceId":"w","appId":"shop","serviceName":"web","version":"1.0.0"}"#

    /// A service-center that refuses to remove anything without force.
    private static func script(consumers: String, instances: String) -> ScriptedServer.Script {
        { request in
            let refusal = Array(#"{"errorCode":"400023","errorMessage":"x","detail":"others rely on it"}"#.utf8)
            return switch (request.method, request.path.split(separator: "/").last) {
            case ("DELETE", "s?force=true"): .respond()
            case ("DELETE", _): .respond(status: 400, body: refusal)
            case ("GET", "consumers?noSelf=1"): .respond(body: Array(consumers.utf8))
            case ("GET", "instances"): .respond(body: Array(instances.utf8))
            default: .respond(status: 500)
            }
        }
    }

    @Test(
        "is removed without force when nobody but observers depends on it, and nothing runs",
        arguments: [
            (#"{"consumers":[\#(observer)]}"#, "{}", nil),
            ("{}", #"{"instances":[]}"#, nil),
            (#"{"consumers":[\#(observer),\#(other)]}"#, "{}", "400023"),
            (#"{"consumers":[\#(observer)]}"#, #"{"instances":[{"instanceId":"i"}]}"#, "400013"),
            ("no JSON", "{}", "400023"),
        ] as [(String, String, String?)])
    func removal(consumers: String, instances: String, code: String?) async throws {
        try await withSource([Self.script(consumers: consumers, instances: instances)]) { servers, source in
            let home = try #require(source as? any Home)
            let answer = try await home.perform(.unregisterMicroservice(ServiceID("s"), force: false), in: .default)
            #expect(answer.status == (code == nil ? 200 : 400))
            #expect(answer.member("errorCode") == code)
            #expect(servers[0].requests.contains { $0.path.hasSuffix("force=true") } == (code == nil))
        }
    }
}
