import Registry

/// How versions and version rules are written.
enum VersionSyntax {
    static func isVersion(_ text: String) -> Bool { VersionNumber(text) != nil }
    /// Whether each version in a rule has three numbers at most.
    static func hasAtMostThreeNumbers(_ rule: String) -> Bool {
        rule.split(separator: "-").allSatisfy { $0.split(separator: ".").count <= 3 }
    }
    static func isRule(_ text: String) -> Bool { VersionRule(text) != nil }
}
