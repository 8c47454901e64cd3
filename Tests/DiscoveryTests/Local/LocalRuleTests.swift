import HashTreeCollections
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

/// Codes and words: service-center's `rule.go` and `rule_validator.go`.
@Suite("Access rules in the local registry")
struct LocalRuleTests {
    private var registry = LocalState(LocalRegistry(settings: LocalSettings()))
    private var service = ServiceID("")

    init() throws { service = try registry.register(service: "cart") }

    private func rule(
        _ kind: String = "BLACK", _ attribute: String = "ServiceName", _ pattern: String = "^web$"
    ) -> String {
        #"{"ruleType":"\#(kind)","attribute":"\#(attribute)","pattern":"\#(pattern)","description":"d"}"#
    }

    private func adding(_ rules: String...) -> RegistryWrite {
        .addRules(service, body: Array(#"{"rules":[\#(rules.joined(separator: ","))]}"#.utf8))
    }

    private mutating func ids(_ write: RegistryWrite, at second: Int64 = 0) throws -> [String] {
        let answer = try registry.write(write, at: second).answer
        return (JSONValue(parsing: answer.body)?["RuleIds"]?.elements ?? []).compactMap(\.text)
    }

    @Test("are told as attachments, with an ID and the time of each")
    mutating func told() throws {
        let outcome = try registry.write(adding(rule(), rule("BLACK", "tag_zone", "^x")), at: 5)
        let ids = (JSONValue(parsing: outcome.answer.body)?["RuleIds"]?.elements ?? []).compactMap(\.text)
        #expect(Set(ids).count == 2)
        #expect(ids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{32}/) != nil })
        #expect(outcome.delta.changeCount == 2)
        let first = try #require(outcome.delta.attachments.first { $0.key == .rule(ids[0]) })
        guard case .rule(let access) = first.content else { throw NeverHappened(what: "a rule is told as a rule") }
        #expect(access == AccessRule(kind: .black, attribute: "ServiceName", pattern: "^web$"))
        let stamps = #""timestamp":"1700000005","modTimestamp":"1700000005""#
        let members = rule().dropFirst().dropLast()
        #expect(String(decoding: first.body, as: UTF8.self) == #"{"ruleId":"\#(ids[0])",\#(members),\#(stamps)}"#)
    }

    @Test("are kept once for each attribute and pattern")
    mutating func once() throws {
        #expect(try ids(adding(rule())).count == 1)
        let again = try registry.write(adding(rule()))
        #expect(String(decoding: again.answer.body, as: UTF8.self) == "{}\n")
        #expect(again.delta.isEmpty)
        #expect(try ids(adding(rule(), rule("BLACK", "AppId"))).count == 1)
    }

    @Test("are all black or all white")
    mutating func kinds() throws {
        let mixed = registry.refusal(of: adding(rule(), rule("WHITE", "AppId")))
        #expect(mixed?.code == .rulesMixed)
        #expect(mixed?.detail == "Service can only contain one rule type, BLACK or WHITE.")
        let id = try #require(try ids(adding(rule())).first)
        #expect(registry.refusal(of: adding(rule("WHITE", "AppId")))?.code == .rulesMixed)
        let white = RegistryWrite.updateRule(service, rule: id, body: Array(rule("WHITE").utf8))
        let fixed = registry.refusal(of: white)
        #expect(fixed?.code == .ruleKindFixed)
        #expect(fixed?.detail == "Exist multiple rules,can not change rule type. Rule type is BLACK")
        // The type is free again once the last rule is gone.
        _ = try registry.write(.deleteRules(service, rules: [id]))
        #expect(try ids(adding(rule("WHITE"))).count == 1)
    }

    @Test("are changed under their ID")
    mutating func change() throws {
        let id = try #require(try ids(adding(rule()), at: 1).first)
        let body = Array(#"{"ruleType":"BLACK","attribute":"AppId","pattern":"^other$"}"#.utf8)
        let delta = try registry.write(.updateRule(service, rule: id, body: body), at: 9).delta
        let value = try #require(delta.attachments.first.flatMap { JSONValue(parsing: $0.body) })
        #expect(delta.changeCount == 1)
        #expect(value["ruleId"]?.text == id)
        #expect(value["attribute"]?.text == "AppId")
        #expect(value["description"] == nil)
        #expect(value["timestamp"]?.text == "1700000001")
        #expect(value["modTimestamp"]?.text == "1700000009")
        let unknown = registry.refusal(of: .updateRule(service, rule: "nope", body: body))
        #expect(unknown?.code == .ruleUnknown)
        #expect(unknown?.detail == "This rule does not exist.")
    }

    @Test("are taken away all or none, and with their microservice")
    mutating func removal() throws {
        let added = try ids(adding(rule(), rule("BLACK", "AppId")))
        #expect(registry.refusal(of: .deleteRules(service, rules: [added[0], "nope"]))?.code == .ruleUnknown)
        let delta = try registry.write(.deleteRules(service, rules: [added[0]])).delta
        #expect(delta.removedAttachments.map(\.key) == [.rule(added[0])])
        let gone = try registry.write(.unregisterMicroservice(service, force: false)).delta
        #expect(gone.removedAttachments.map(\.key) == [.rule(added[1])])
        #expect(registry.registry.holdings.isEmpty)
    }

    @Test("of an unknown microservice are refused, when they are added with another code")
    mutating func unknown() {
        service = ServiceID("nope")
        #expect(registry.refusal(of: adding(rule()))?.code == .invalidParameters)
        #expect(registry.refusal(of: adding(rule()))?.detail == "Service does not exist.")
        let body = Array(rule().utf8)
        #expect(registry.refusal(of: .updateRule(service, rule: "x", body: body))?.code == .microserviceUnknown)
        #expect(registry.refusal(of: .deleteRules(service, rules: ["x"]))?.code == .microserviceUnknown)
    }

    @Test("are a hundred at most")
    mutating func quota() throws {
        let many = (0..<99).map { rule("BLACK", "ServiceName", "^\($0)$") }
        let body = { (rules: [String]) in Array(#"{"rules":[\#(rules.joined(separator: ","))]}"#.utf8) }
        _ = try registry.write(.addRules(service, body: body(many)))
        let refused = registry.refusal(of: adding(rule(), rule("BLACK", "AppId")))
        #expect(refused?.code == .quotaExceeded)
        #expect(refused?.detail == "no quota to create RULE, max num is 100, curNum is 99, apply num is 2")
        #expect(try ids(adding(rule())).count == 1)
        let tooMany = registry.refusal(of: .addRules(service, body: body(many + many)))
        #expect(tooMany?.detail.hasSuffix("does not match rule: {Min: 1, Max: 100}") == true)
    }

    @Test(
        "are refused in service-center's words",
        arguments: [
            (#"{"rules":[]}"#, "field 'AddServiceRulesRequest.Rules' invalid value '[]' does not match rule: {Min: 1"),
            ("{}", "field 'AddServiceRulesRequest.Rules' invalid value '[]' does not match rule: {Min: 1, Max: 100}"),
            (
                #"{"rules":[{"attribute":"AppId","pattern":"x"}]}"#,
                "field 'AddOrUpdateServiceRule.RuleType' invalid value '' does not match rule: "
                    + "{Regexp: ^(WHITE|BLACK)$}"
            ),
            (
                #"{"rules":[{"ruleType":"WHITE","attribute":"Alias","pattern":"x"}]}"#,
                "field 'AddOrUpdateServiceRule.Attribute' invalid value 'Alias' does not match rule: "
                    + #"{Regexp: ((^tag_[a-zA-Z][a-zA-Z0-9_\-.]{0,63}$)|(^ServiceId$)|"#
            ),
            (
                #"{"rules":[{"ruleType":"WHITE","attribute":"tag_1","pattern":"x"}]}"#,
                "field 'AddOrUpdateServiceRule.Attribute' invalid value 'tag_1'"
            ),
            (
                #"{"rules":[{"ruleType":"WHITE","attribute":"Level","pattern":""}]}"#,
                "field 'AddOrUpdateServiceRule.Pattern' invalid value '' does not match rule: {Min: 1, Max: 64}"
            ),
            ("", "unexpected end of JSON input"),
        ])
    mutating func words(body: String, detail: String) {
        let refusal = registry.refusal(of: .addRules(service, body: Array(body.utf8)))
        #expect(refusal?.code == .invalidParameters)
        #expect(refusal?.detail.hasPrefix(detail) == true, "\(refusal?.detail ?? "")")
    }
}
