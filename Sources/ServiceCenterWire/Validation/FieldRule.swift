/// What service-center asks of one field of a request, and how it words the refusal:
/// `field 'FindInstancesRequest.AppId' invalid value '' does not match rule: {Min: 1, Max: 160, Regexp: …}`.
/// Rules: service-center `*_validator.go` and the recorded refusals.
package struct FieldRule: Sendable {
    /// The fewest UTF-8 bytes; 0 for any.
    package var min = 0
    /// The most characters; 0 for any number.
    package var max = 0
    /// The pattern as the refusal shows it, and what it asks.
    package var pattern: (text: String, matches: @Sendable (String) -> Bool)?

    package init(min: Int = 0, max: Int = 0, pattern: (text: String, matches: @Sendable (String) -> Bool)? = nil) {
        self.min = min
        self.max = max
        self.pattern = pattern
    }

    /// Refuses a value that breaks the rule; `field` names it as `Request.Field`.
    package func check(_ value: String, _ field: String) throws(ServiceCenterError) {
        let fits =
            value.utf8.count >= min && (max == 0 || value.unicodeScalars.count <= max)
            && (pattern?.matches(value) ?? true)
        guard !fits else { return }
        throw refusal(of: value, field)
    }

    /// Refuses a list with too few or too many elements, or with one that breaks the pattern.
    package func check(all values: [String], _ field: String) throws(ServiceCenterError) {
        try check(count: values.count, "[\(values.joined(separator: " "))]", field)
        for value in values { try FieldRule(pattern: pattern).check(value, field, shownAs: self) }
    }

    /// Refuses a map with too few or too many entries, or with a key or a value that breaks the pattern.
    package func check(all values: [String: String], _ field: String) throws(ServiceCenterError) {
        let pairs = values.sorted { $0.key < $1.key }
        try check(count: pairs.count, "map[\(pairs.map { "\($0):\($1)" }.joined(separator: " "))]", field)
        for value in pairs.flatMap({ [$0.key, $0.value] }) {
            try FieldRule(pattern: pattern).check(value, field, shownAs: self)
        }
    }

    /// Refuses too few or too many; `shown` is what stands for them in the refusal.
    package func check(
        count: Int, _ shown: @autoclosure () -> String, _ field: String
    ) throws(ServiceCenterError) {
        guard count < min || max != 0 && count > max else { return }
        throw refusal(of: shown(), field)
    }

    private func check(_ value: String, _ field: String, shownAs rule: FieldRule) throws(ServiceCenterError) {
        guard let pattern, !pattern.matches(value) else { return }
        throw rule.refusal(of: value, field)
    }

    private func refusal(of value: String, _ field: String) -> ServiceCenterError {
        ServiceCenterError(
            .invalidParameters, "field '\(field)' invalid value '\(value)' does not match rule: \(description)")
    }

    private var description: String {
        var parts: [String] = []
        if min != 0 { parts.append("Min: \(min)") }
        if max != 0 { parts.append("Max: \(max)") }
        if let pattern { parts.append("Regexp: \(pattern.text)") }
        return "{\(parts.joined(separator: ", "))}"
    }
}

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
            { ["", "development", "testing", "acceptance", "production"].contains($0) }
        ))
    package static let serviceID = FieldRule(min: 1, max: 64, pattern: (#"^\S*$"#, hasNoSpace))
    package static let chosenServiceID = FieldRule(max: 64, pattern: (#"^\S*$"#, hasNoSpace))
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
    package static let schemaID = FieldRule(
        min: 1, max: 160,
        pattern: (#"^[a-zA-Z0-9]{1,160}$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]{0,158}[a-zA-Z0-9]$"#, name.matches))
    package static let schemaText = FieldRule(min: 1)
    package static let schemaSummary = FieldRule(max: 128)
    package static let tag = FieldRule(
        max: 100,
        pattern: (
            #"^[a-zA-Z][a-zA-Z0-9_\-.]{0,63}$"#, { isTag($0[...]) }
        ))
    /// A provider that a consumer depends on; `*` stands for all.
    package static let providerName = FieldRule(
        min: 1, max: 128,
        pattern: (#"^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$|^\*$"#, { $0 == "*" || name.matches($0) }))
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

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    @Sendable private static func hasNoSpace(_ text: String) -> Bool { !text.utf8.contains(where: isSpace) }
    private static func isBlank(_ text: String) -> Bool { text.utf8.allSatisfy(isSpace) }
    @Sendable private static func isStatus(_ text: String) -> Bool {
        ["UP", "DOWN", "STARTING", "TESTING", "OUTOFSERVICE"].contains(text)
    }
}
