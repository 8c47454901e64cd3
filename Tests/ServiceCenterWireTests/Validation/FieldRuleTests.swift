import ServiceCenterWire
import TestSupport
import Testing

@Suite("A field's rule")
struct FieldRuleTests {
    private static let rules: [String: FieldRule] = [
        "FindInstancesRequest.AppId": .application, "FindInstancesRequest.ServiceName": .serviceNameOrAlias,
        "FindInstancesRequest.VersionRule": .versionRule, "MicroService.ServiceName": .serviceName,
        "MicroService.Version": .version, "MicroServiceInstance.HostName": .hostName,
        "MicroServiceInstance.Status": .status, "UpdateInstanceStatusRequest.Status": .newStatus,
    ]

    @Test("refuses in the recorded words", .enabled(if: Recordings.areThere, "reads ../shared"))
    func recordedRefusals() throws {
        let refusal = /field '(.*?)' invalid value '(.*?)' does not match rule/
        var fields: Set<String> = []
        for file in ["1-reads-sc-1.json", "5-writes-sc-1.json"] {
            for exchange in try Recordings.exchanges(file) {
                guard let match = exchange.response.body.firstMatch(of: refusal) else { continue }
                let rule = try #require(Self.rules[String(match.1)], "\(match.1)")
                let error = #expect(throws: ServiceCenterError.self) {
                    try rule.check(String(match.2), String(match.1))
                }
                #expect(error.map { String(decoding: $0.body, as: UTF8.self) } == exchange.response.body)
                #expect(error?.code.status == exchange.response.status)
                fields.insert(String(match.1))
            }
        }
        #expect(fields == Set(Self.rules.keys))
    }

    @Test(
        "takes what service-center takes",
        arguments: [
            (.application, ["a", "A1", "a-b", "a_b.c", String(repeating: "a", count: 160)]),
            (.applicationOfRecord, ["", "shop"]), (.serviceName, ["x", "0", "a.b-c_d"]),
            (.serviceNameOrAlias, ["shop:cart", "a", String(repeating: "a", count: 289)]),
            (.version, ["", "0", "1.2", "1.2.3", "1.2.3.4", "32767"]),
            (.versionRule, ["latest", "0+", "1.0.0", "1.0-2.0", "3"]),
            (.environment, ["", "development", "testing", "acceptance", "production"]),
            (.serviceID, ["x", "a/b", "\"", String(repeating: "é", count: 64)]), (.chosenServiceID, [""]),
            (.instanceID, ["a.b_c-D9"]), (.chosenInstanceID, [""]), (.hostName, ["h", "h st", " h"]),
            (.endpoint, ["rest://1.1.1.1:1", "x"]), (.status, ["", "UP", "OUTOFSERVICE"]), (.newStatus, ["DOWN"]),
            (.level, ["", "FRONT", "MIDDLE", "BACK"]), (.alias, ["", "a:b.c-d_e", ":"]),
            (.description, ["", String(repeating: "é", count: 256)]), (.healthCheckMode, ["push", "pull"]),
        ] as [(FieldRule, [String])])
    func accepted(rule: FieldRule, values: [String]) {
        for value in values {
            #expect(throws: Never.self, "\(value)") { try rule.check(value, "F") }
        }
    }

    @Test(
        "refuses what service-center refuses",
        arguments: [
            (.application, ["", "-a", "a-", "a b", "é", "a/b", String(repeating: "a", count: 161)]),
            (.applicationOfRecord, ["_", "a:b"]), (.serviceName, ["", "y!", String(repeating: "a", count: 129)]),
            (.serviceNameOrAlias, [":a", "a:", String(repeating: "a", count: 290)]),
            (.version, ["a", "1.", ".1", "1..2", "1.2.3.4.5", "32768", "1.0+", "-1", "1 "]),
            (.versionRule, ["", "Latest", "+", "1.0-", "-1", "1-2-3", "1.x", "0%2B", "1.0+ "]),
            (.environment, ["prod", "Production"]),
            (.serviceID, ["", "a b", "a\n", String(repeating: "a", count: 65)]),
            (.chosenServiceID, ["a\t"]), (.instanceID, ["", "a/b", "é"]), (.chosenInstanceID, ["a b"]),
            (.hostName, ["", " ", String(repeating: "h", count: 65)]), (.endpoint, ["", " \n"]),
            (.status, ["up", "WHAT", "UP "]), (.newStatus, ["", "BAD"]), (.level, ["front"]),
            (.alias, ["a b", "é", String(repeating: "a", count: 129)]),
            (.description, [String(repeating: "a", count: 257)]), (.healthCheckMode, ["", "poll"]),
        ] as [(FieldRule, [String])])
    func refused(rule: FieldRule, values: [String]) {
        for value in values {
            let error = #expect(throws: ServiceCenterError.self, "\(value)") { try rule.check(value, "R.F") }
            #expect(error?.code == .invalidParameters)
            #expect(error?.detail.hasPrefix("field 'R.F' invalid value '\(value)' does not match rule: {") == true)
        }
    }
}
