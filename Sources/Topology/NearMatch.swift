/// Finds the word that a mistyped one was probably meant to be.
enum NearMatch {
    /// The closest of `candidates`, the first of equally close ones; nil when none is close. A word is close when no
    /// more than a third of its letters differ, and no more than two of them, not counting capitals.
    static func of(_ word: String, in candidates: [String]) -> String? {
        let allowed = min(2, word.count / 3)
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(Array(word.lowercased()), Array(candidate.lowercased()))
            guard distance <= allowed, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.word
    }

    /// How many letters to add, remove or replace to get from one word to the other. Costs the product of the lengths.
    private static func distance(_ from: [Character], _ to: [Character]) -> Int {
        guard abs(from.count - to.count) <= 2 else { return .max }
        var row = Array(0...to.count)
        for (index, letter) in from.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in 0..<to.count {
                let replaced = diagonal + (letter == to[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[to.count]
    }
}
