import HashTreeCollections
import Registry
import ServiceCenterWire

/// The access rules of microservices: all black or all white, one for each attribute and pattern.
/// Rules: service-center's `rule.go`.
extension LocalRegistry {
    /// Keeps those rules that are new and answers with their IDs.
    mutating func add(
        rules new: [RuleRecord], to ref: ServiceRef, at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        try FieldRule.rules.check(count: new.count, "[\(new.map(\.pattern).joined(separator: " "))]", Self.rulesField)
        for rule in new { try rule.validate() }
        // The one refusal of an unknown microservice with this code.
        guard let known = holdings[ref]?.rules else {
            throw ServiceCenterError(.invalidParameters, "Service does not exist.")
        }
        try ServiceCenterQuota.check(.rule, of: ServiceCenterQuota.rules, used: known.count, adding: new.count)
        guard let kind = known.values.first?.kind ?? new.first?.kind, new.allSatisfy({ $0.kind == kind }) else {
            throw ServiceCenterError(.rulesMixed, "Service can only contain one rule type, BLACK or WHITE.")
        }
        let added = new.enumerated().filter { !known.values.contains(sameAs: $0.element) }.map { number, rule in
            var rule = rule
            rule.id = ServiceIdentity.partID(number, of: moment.newInstanceID)
            rule.timestamp = moment.stamp
            rule.modTimestamp = moment.stamp
            return rule
        }
        var outcome = Outcome(answer: .ruleIDs(added.map(\.id)))
        outcome.delta.attachments = added.map { keep($0, of: ref) }
        return outcome
    }

    mutating func updateRule(
        _ id: String, to change: RuleRecord, of ref: ServiceRef, at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        try change.validate()
        guard let known = holdings[ref]?.rules else { throw .unknownService }
        if let kind = known.values.first?.kind, kind != change.kind {
            throw ServiceCenterError(
                .ruleKindFixed, "Exist multiple rules,can not change rule type. Rule type is \(kind)")
        }
        guard var rule = known[id] else { throw .unknownRule }
        rule.attribute = change.attribute
        rule.pattern = change.pattern
        rule.description = change.description
        rule.modTimestamp = moment.stamp
        var outcome = Outcome()
        outcome.delta.attachments = [keep(rule, of: ref)]
        return outcome
    }

    mutating func delete(rules ids: [String], of ref: ServiceRef) throws(ServiceCenterError) -> Outcome {
        try FieldRule.rules.check(all: ids, "DeleteServiceRulesRequest.RuleIds")
        guard var left = holdings[ref]?.rules else { throw .unknownService }
        guard ids.allSatisfy({ left[$0] != nil }) else { throw .unknownRule }
        for id in ids { left[id] = nil }
        holdings[ref]?.rules = left
        var outcome = Outcome()
        outcome.delta.removedAttachments = Set(ids).map { (ref, .rule($0)) }
        return outcome
    }

    private static let rulesField = "AddServiceRulesRequest.Rules"

    mutating func keep(_ rule: RuleRecord, of ref: ServiceRef) -> Attachment {
        holdings[ref]?.rules[rule.id] = rule
        return Attachment(
            service: ref, key: .rule(rule.id), content: .rule(rule.rule), body: rule.body,
            upstreamRevision: nextRevision())
    }
}

extension Collection<RuleRecord> {
    /// Whether one of these asks the same of the same attribute.
    fileprivate func contains(sameAs rule: RuleRecord) -> Bool {
        contains { $0.attribute == rule.attribute && $0.pattern == rule.pattern }
    }
}

extension ServiceCenterError {
    fileprivate static var unknownRule: ServiceCenterError {
        ServiceCenterError(.ruleUnknown, "This rule does not exist.")
    }
}

extension WriteAnswer {
    /// `{"RuleIds":[…]}`, or `{}` when nothing was new.
    fileprivate static func ruleIDs(_ ids: [String]) -> WriteAnswer {
        var writer = JSONWriter(reserving: 48 * ids.count + 16)
        writer.beginObject()
        if !ids.isEmpty {
            writer.key("RuleIds")
            writer.strings(ids)
        }
        writer.endObject()
        return WriteAnswer(body: writer.bytes + [UInt8(ascii: "\n")])
    }
}
