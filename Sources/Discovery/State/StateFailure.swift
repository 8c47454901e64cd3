/// Why something cannot be kept on disk or read from there, in an operator's words.
package struct StateFailure: Error, Sendable, CustomStringConvertible {
    package let problem: String
    /// What to do about it; nil where the problem says it.
    package let remedy: String?

    package init(problem: String, remedy: String? = nil) {
        self.problem = problem
        self.remedy = remedy
    }

    package var description: String { remedy.map { "\(problem)\n  \($0)" } ?? problem }
}
