/// The rules of single fields.
/// Rules: service-center `*_validator.go`.
extension FieldRule {
    package static let application = FieldRule(min: 1, max: 160, pattern: name)
    package static let applicationOfRecord = FieldRule(max: 160, pattern: name)
    package static let serviceName = FieldRule(min: 1, max: 128, pattern: name)
    package static let serviceNameOrAlias = FieldRule(
        min: 1, max: 289,
        pattern: (
            #"^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\-.:]*[a-zA-Z0-9]$"#,
            { isName($0, inner: { isNameCharacter($0) || $0 == UInt8(ascii: ":") }) }
        ))
    package static let version = FieldRule(
        max: 64,
        pattern: (
            "the form x[.y[.z]] where x y and z are 0-32767 range", { $0.isEmpty || VersionSyntax.isVersion($0) }
        ))
    package static let versionRule = FieldRule(
        min: 1, max: 129,
        pattern: (
            "the form x[.y[.z]] or x[.y[.z]]+ or x[.y[.z]]-x[.y[.z]] or 'latest' where x y and z are 0-32767 range",
            { VersionSyntax.isRule($0) }
        ))
    package static let environment = FieldRule(
        pattern: (
            "^(development|testing|acceptance|production)*$",
            { isRepetition($0, of: ["development", "testing", "acceptance", "production"]) }
        ))
    package static let serviceID = FieldRule(min: 1, max: 64, pattern: (#"^\S*$"#, hasNoSpace))
    package static let chosenServiceID = FieldRule(max: 64, pattern: (#"^\S*$"#, hasNoControl))
    /// A domain or a project: part of every key, so that no slash may stand in it. Rule: ours.
    package static let tenantPart = FieldRule(
        min: 1, max: 256, pattern: (#"^[^\s/]*$"#, { hasNoControl($0) && !$0.utf8.contains(UInt8(ascii: "/")) }))
    package static let instanceID = FieldRule(min: 1, max: 64, pattern: simpleName)
    package static let chosenInstanceID = FieldRule(max: 64, pattern: simpleName)
    package static let hostName = FieldRule(min: 1, max: 64, pattern: (#"\S+"#, { !isBlank($0) }))
    package static let endpoint = FieldRule(pattern: (#"\S+"#, { !isBlank($0) }))
    package static let status = FieldRule(
        pattern: ("^(UP|DOWN|STARTING|TESTING|OUTOFSERVICE)?$", { $0.isEmpty || isStatus($0) }))
    package static let newStatus = FieldRule(
        pattern: ("^(UP|DOWN|STARTING|TESTING|OUTOFSERVICE)$", isStatus))
    package static let level = FieldRule(
        pattern: ("^(FRONT|MIDDLE|BACK)$", { ["", "FRONT", "MIDDLE", "BACK"].contains($0) }))
    package static let alias = FieldRule(
        max: 128,
        pattern: (
            #"^[a-zA-Z0-9_\-.:]*$"#, { $0.utf8.allSatisfy { isNameCharacter($0) || $0 == UInt8(ascii: ":") } }
        ))
    package static let description = FieldRule(max: 256)
    package static let statusOfRecord = FieldRule(
        pattern: ("^(UP|DOWN)?$", { ["", "UP", "DOWN"].contains($0) }))
    package static let registerBy = FieldRule(
        max: 64,
        pattern: (
            "^(SDK|SIDECAR|PLATFORM)*$", { isRepetition($0, of: ["SDK", "SIDECAR", "PLATFORM"]) }
        ))
    package static let path = FieldRule(
        pattern: (
            #"^[A-Za-z0-9.,?'\\/+&amp;%$#=~_\-@{}]*$"#,
            { $0.utf8.allSatisfy { isAlphanumeric($0) || pathCharacters.contains($0) } }
        ))
    package static let frameworkName = FieldRule(max: 64, pattern: name)
    package static let frameworkVersion = FieldRule(max: 64)
    /// The schemas that a microservice names.
    package static let schemaIDs = FieldRule(
        max: ServiceCenterQuota.schemas,
        pattern: (
            #"^[a-zA-Z0-9]{1,160}$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]{0,158}[a-zA-Z0-9]$"#,
            { (1...160).contains($0.utf8.count) && name.matches($0) }
        ))
    package static let schemaID = FieldRule(
        min: 1, max: 160,
        pattern: (
            #"^[a-zA-Z0-9]+$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$"#, { !$0.isEmpty && name.matches($0) }
        ))
    /// How many schemas a request may bring.
    package static let schemas = FieldRule(min: 1, max: ServiceCenterQuota.schemas)
    package static let schemaText = FieldRule(min: 1)
    package static let schemaSummary = FieldRule(max: 128, pattern: summary)
    package static let requiredSchemaSummary = FieldRule(min: 1, max: 128, pattern: summary)
    private static let summary: (text: String, matches: @Sendable (String) -> Bool) = (
        "^[a-zA-Z0-9]*$", { $0.utf8.allSatisfy(isAlphanumeric) }
    )
    package static let tag = FieldRule(pattern: tagPattern)
    /// All tags of a microservice.
    package static let tags = FieldRule(max: ServiceCenterQuota.tags, pattern: tagPattern)
    /// The tags that a request takes away.
    package static let tagKeys = FieldRule(min: 1, max: ServiceCenterQuota.tags, pattern: tagPattern)
    private static let tagPattern: (text: String, matches: @Sendable (String) -> Bool) = (
        #"^[a-zA-Z][a-zA-Z0-9_\-.]{0,63}$"#, { isTag($0[...]) }
    )
    /// A provider that a consumer depends on; `*` stands for all.
    package static let providerName = FieldRule(
        min: 1, max: 128,
        pattern: (#"^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$|^\*$"#, { $0 == "*" || name.matches($0) }))
    package static let consumerVersion = FieldRule(min: 1, max: 64, pattern: version.pattern)
    /// A version rule of at most three numbers, or nothing.
    package static let providerVersion = FieldRule(
        max: 128,
        pattern: (
            versionRule.pattern?.text ?? "",
            { $0.isEmpty || VersionSyntax.isRule($0) && VersionSyntax.hasAtMostThreeNumbers($0) }
        ))
    /// How many declarations a request may bring.
    package static let dependencies = FieldRule(min: 1, max: 100)
    package static let providers = FieldRule(min: 1)
    package static let port = FieldRule(max: 65_535)
    package static let heartbeatTimes = FieldRule(max: Int(Int32.max))
    package static let heartbeatInterval = FieldRule(min: 1, max: Int(Int32.max))
    package static let healthCheckURL = FieldRule(pattern: (#"^\S*$"#, hasNoSpace))
    package static let place = FieldRule(
        min: 1, max: 128,
        pattern: ("^[A-Za-z0-9_.-]+$", { !$0.isEmpty && $0.utf8.allSatisfy(isNameCharacter) }))
    package static let consumerID = FieldRule(max: 64, pattern: (#"^\S*$"#, hasNoSpace))
    package static let healthCheckMode = FieldRule(
        pattern: ("^(push|pull)$", { $0 == "push" || $0 == "pull" }))

    private static let name: (text: String, matches: @Sendable (String) -> Bool) = (
        #"^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$"#, { isName($0, inner: isNameCharacter) }
    )
    private static let simpleName: (text: String, matches: @Sendable (String) -> Bool) = (
        "^[A-Za-z0-9_.-]*$", { $0.utf8.allSatisfy(isNameCharacter) }
    )

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    private static func isName(_ text: String, inner: (UInt8) -> Bool) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return true }
        return isAlphanumeric(first) && isAlphanumeric(last) && text.utf8.allSatisfy(inner)
    }

    /// Whether a text may be a tag's name or value: a letter, then at most 63 letters, digits, `_`, `-` or `.`.
    static func isTag(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, isAlphanumeric(first), first > UInt8(ascii: "9") else { return false }
        return text.utf8.count <= 64 && text.utf8.allSatisfy(isNameCharacter)
    }

    /// What `\s` means in Go: a vertical tab is no space.
    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0B
    }
    private static let pathCharacters = Set(#".,?'\/+&;%$#=~_-@{}"#.utf8)

    /// Whether a text is these words, in any order and number. No word may begin another one.
    private static func isRepetition(_ text: String, of words: [String]) -> Bool {
        var rest = text[...]
        while !rest.isEmpty {
            guard let word = words.first(where: { rest.hasPrefix($0) }) else { return false }
            rest = rest.dropFirst(word.count)
        }
        return true
    }

    @Sendable private static func hasNoSpace(_ text: String) -> Bool { !text.utf8.contains(where: isSpace) }
    @Sendable private static func hasNoControl(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
    private static func isBlank(_ text: String) -> Bool { text.utf8.allSatisfy(isSpace) }
    @Sendable private static func isStatus(_ text: String) -> Bool {
        ["UP", "DOWN", "STARTING", "TESTING", "OUTOFSERVICE"].contains(text)
    }
}
