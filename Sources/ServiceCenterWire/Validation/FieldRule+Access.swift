/// Rules: service-center `rule_validator.go`.
extension FieldRule {
    /// How many access rules a microservice may have, and how many a request may name.
    package static let rules = FieldRule(min: 1, max: ServiceCenterQuota.rules)
    package static let ruleKind = FieldRule(pattern: ("^(WHITE|BLACK)$", { $0 == "WHITE" || $0 == "BLACK" }))
    package static let ruleAttribute = FieldRule(
        pattern: (
            #"((^tag_[a-zA-Z][a-zA-Z0-9_\-.]{0,63}$)|(^ServiceId$)|(^AppId$)|(^ServiceName$)|(^Version$)"#
                + "|(^Description$)|(^Level$)|(^Status$))",
            { text in
                text.hasPrefix("tag_") ? isTag(text.dropFirst(4)) : consumerFields.contains(text)
            }
        ))
    package static let rulePattern = FieldRule(min: 1, max: 64)

    private static let consumerFields: Set<String> = [
        "ServiceId", "AppId", "ServiceName", "Version", "Description", "Level", "Status",
    ]
}
