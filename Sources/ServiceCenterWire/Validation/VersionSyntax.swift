import Registry

/// How versions and version rules are written.
enum VersionSyntax {
    static func isVersion(_ text: String) -> Bool { VersionNumber(text) != nil }
    static func isRule(_ text: String) -> Bool { VersionRule(text) != nil }
}
