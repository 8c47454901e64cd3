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

    /// Refuses a number that is out of the rule's range.
    package func check(_ value: Int64, _ field: String) throws(ServiceCenterError) {
        guard min > 0 && value < min || max > 0 && value > max else { return }
        throw refusal(of: "\(value)", field)
    }

    /// Refuses the absence of something that must be there.
    package static func require(_ isThere: Bool, _ field: String) throws(ServiceCenterError) {
        guard !isThere else { return }
        throw FieldRule(min: 1).refusal(of: "<nil>", field)
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
