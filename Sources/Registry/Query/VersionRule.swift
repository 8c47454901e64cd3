/// Which versions of a microservice a consumer asks for.
/// Rules: service-center `versionrule.go`; a range includes its start and excludes its end.
package enum VersionRule: Hashable, Sendable {
    case latest
    case atLeast(VersionNumber)
    case range(VersionNumber, VersionNumber)
    /// By text: `3` does not find `3.0`.
    case exact(String)

    /// The longest rule that service-center takes.
    package static let maxLength = 129

    /// Nil for text that is no version rule: `x[.y[.z]]`, the same with `+`, a range with `-`, or `latest`.
    package init?(_ text: String) {
        guard text.utf8.count <= VersionRule.maxLength else { return nil }
        if text == "latest" {
            self = .latest
        } else if text.hasSuffix("+") {
            guard let start = VersionNumber(text.dropLast()) else { return nil }
            self = .atLeast(start)
        } else if let dash = text.firstIndex(of: "-") {
            guard let start = VersionNumber(text[..<dash]), let end = VersionNumber(text[text.index(after: dash)...])
            else { return nil }
            self = start <= end ? .range(start, end) : .range(end, start)
        } else {
            guard VersionNumber(text) != nil else { return nil }
            self = .exact(text)
        }
    }

    /// The keys that the rule means among a name's versions, which stand highest first. Linear in their number.
    package func select(from versions: [VersionedKey]) -> [MicroserviceKey] {
        switch self {
        case .latest: versions.first.map { [$0.key] } ?? []
        case .atLeast(let start): versions.filter { $0.number >= start }.map(\.key)
        case .range(let start, let end): versions.filter { $0.number >= start && $0.number < end }.map(\.key)
        case .exact(let text): versions.filter { $0.key.version == text }.map(\.key)
        }
    }

    /// Whether the rule means a version, whatever others there are; `latest` means any.
    package func covers(_ version: VersionedKey) -> Bool {
        switch self {
        case .latest: true
        case .atLeast(let start): version.number >= start
        case .range(let start, let end): version.number >= start && version.number < end
        case .exact(let text): version.key.version == text
        }
    }
}
