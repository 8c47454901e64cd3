/// Where a secret may stand in a topology, by the names of keys: what is written there is shown to nobody, not even
/// when it is a mistake.
enum SecretPlace {
    private static let words = ["token", "pass", "pwd", "secret", "credential", "auth", "key"]

    /// Whether the keys that lead to a place, in this order, let a secret be expected there.
    static func isLikely(_ keys: String...) -> Bool {
        let place = keys.joined(separator: ".").lowercased()
        return words.contains { place.contains($0) }
    }
}
