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
            (.environment, ["developmenttesting", "productionproduction"]), (.registerBy, ["", "SDK", "SIDECARSDK"]),
            (.serviceID, ["a\u{B}b"]), (.hostName, ["\u{B}"]), (.statusOfRecord, ["", "UP", "DOWN"]),
            (.path, ["", "/a/b?c=d&e#{x}@1,2'\\~%;$+"]), (.schemaID, ["a", "a.b", "a-b_c"]),
            (.frameworkName, ["", "servicecomb-java-chassis"]), (.schemaSummary, ["", "abc123"]),
            (.requiredSchemaSummary, ["a"]), (.tag, ["a", "Z-1._", "a" + String(repeating: "1", count: 63)]),
            (.providerVersion, ["", "latest", "1.2.3+", "1.0-2.0.0", "3"]), (.consumerVersion, ["1.2.3.4"]),
            (.place, ["dc-1", "a_b.c"]), (.healthCheckURL, ["", "http://x/y"]), (.consumerID, ["", "a/b"]),
            (.ruleKind, ["BLACK", "WHITE"]), (.ruleAttribute, ["Level", "tag_a.b-c"]), (.rulePattern, ["("]),
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
            (.environment, ["developmentx", "test"]), (.registerBy, ["SDK ", "sdk"]), (.statusOfRecord, ["STARTING"]),
            (.path, ["a b", "é", "(", "a!"]), (.schemaID, ["", "-a", "a/b", String(repeating: "a", count: 161)]),
            (.frameworkName, ["a b", String(repeating: "a", count: 65)]), (.schemaSummary, ["a-b", "é"]),
            (.requiredSchemaSummary, [""]), (.tag, ["", "1", "a b", "a" + String(repeating: "1", count: 64)]),
            (.providerVersion, ["1.2.3.4", "1.2.3.4+", "1-1.2.3.4", "x"]), (.consumerVersion, ["", "latest"]),
            (.place, ["", "a b", String(repeating: "a", count: 129)]), (.healthCheckURL, ["a b"]),
            (.ruleKind, ["", "black"]), (.ruleAttribute, ["", "Alias", "tag_", "tag_1", "xtag_a"]),
            (.rulePattern, ["", String(repeating: "a", count: 65)]),
        ] as [(FieldRule, [String])])
    func refused(rule: FieldRule, values: [String]) {
        for value in values {
            let error = #expect(throws: ServiceCenterError.self, "\(value)") { try rule.check(value, "R.F") }
            #expect(error?.code == .invalidParameters)
            #expect(error?.detail.hasPrefix("field 'R.F' invalid value '\(value)' does not match rule: {") == true)
        }
    }

    @Test("counts what is in a list or a map, and holds each of it against the pattern")
    func collections() {
        func detail(_ check: () throws(ServiceCenterError) -> Void) -> String {
            do throws(ServiceCenterError) { try check() } catch { return error.detail }
            return "none"
        }
        let shown = #"does not match rule: {Min: 1, Max: 100, Regexp: ^[a-zA-Z][a-zA-Z0-9_\-.]{0,63}$}"#
        #expect(
            detail { () throws(ServiceCenterError) in try FieldRule.tagKeys.check(all: ["a", "b"], "R.F") } == "none")
        #expect(
            detail { () throws(ServiceCenterError) in try FieldRule.tagKeys.check(all: [], "R.F") }
                == "field 'R.F' invalid value '[]' \(shown)")
        #expect(
            detail { () throws(ServiceCenterError) in try FieldRule.tagKeys.check(all: ["a", ""], "R.F") }
                == "field 'R.F' invalid value '' \(shown)")
        #expect(
            detail { () throws(ServiceCenterError) in try FieldRule.tags.check(all: ["a": "1"], "R.F") }
                == "field 'R.F' invalid value '1' " + shown.replacing("Min: 1, ", with: ""))
        let many = Dictionary(uniqueKeysWithValues: (100...200).map { ("t\($0)", "v") })
        let tooMany = detail { () throws(ServiceCenterError) in try FieldRule.tags.check(all: many, "R.F") }
        #expect(tooMany.hasPrefix("field 'R.F' invalid value 'map[t100:v t101:v "))
        #expect(
            detail { () throws(ServiceCenterError) in try FieldRule.port.check(65_536, "R.F") }
                == "field 'R.F' invalid value '65536' does not match rule: {Max: 65535}")
    }
}
