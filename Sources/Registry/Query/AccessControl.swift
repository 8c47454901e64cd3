/// Who may find whom.
/// Rules: service-center `Accessible`: another application needs the provider's `allowCrossApp`, another environment is
/// never allowed except for shared microservices, then the provider's black or white list.
package enum AccessControl {
    /// Whether a consumer may find a provider.
    package static func allows(_ consumer: MergedMicroservice, toFind provider: MergedMicroservice) -> Bool {
        let (from, to) = (consumer.key.name, provider.key.name)
        if from.application != to.application, !provider.canonical.allowsCrossApplication { return false }
        if from.environment != to.environment, !to.isShared { return false }
        let rules = provider.rules
        guard let first = rules.first else { return true }
        let isListed = rules.contains { matches($0, consumer) }
        return first.kind == .white ? isListed : !isListed
    }

    /// Whether nothing but a consumer's name decides, and the name is allowed. O(1) for a provider without attachments.
    static func allowsEverybody(like from: MicroserviceName, toFind provider: MergedMicroservice) -> Bool {
        from.application == provider.key.name.application && from.environment == provider.key.name.environment
            && provider.rules.isEmpty
    }

    /// Whether a rule's pattern is found in the consumer's attribute. A pattern that is no regular expression matches
    /// nothing, as in service-center.
    private static func matches(_ rule: AccessRule, _ consumer: MergedMicroservice) -> Bool {
        let value = consumer.value(of: rule.attribute)
        guard !value.isEmpty, let expression = try? Regex(rule.pattern) else { return false }
        return value.firstMatch(of: expression) != nil
    }
}

extension MergedMicroservice {
    /// The value of an attribute that an access rule names; empty when there is none.
    fileprivate func value(of attribute: String) -> String {
        if attribute.hasPrefix("tag_") { return tags[String(attribute.dropFirst(4))] ?? "" }
        return switch attribute {
        case "ServiceId": canonicalID.text
        case "AppId": key.name.application
        case "ServiceName": key.name.name
        case "Version": key.version
        case "Environment": key.name.environment
        case "Alias": canonical.alias
        case "Description": canonical.traits.description
        case "Level": canonical.traits.level
        case "Status": canonical.traits.status
        default: ""
        }
    }
}

extension MicroserviceName {
    /// The registry's own microservice, which consumers of every tenant and environment may find.
    package var isShared: Bool {
        tenant == .default && application == MicroserviceName.sharedApplication
            && name == MicroserviceName.sharedService
    }

    package static let sharedApplication = "default"
    package static let sharedService = "SERVICECENTER"
}
