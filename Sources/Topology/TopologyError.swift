/// An operator's mistake: where it is, what it is, and what to do about it.
package struct TopologyError: Error, Equatable, CustomStringConvertible {
    /// The topology file as the operator named it, or the command line option that was read instead.
    package var file: String
    /// Counted from 1; nil where the mistake has no line (an unreadable file, a command line option).
    package var line: Int?
    /// What is wrong, in one line of text.
    package var problem: String
    /// What the operator can do, in one line of text; nil where the problem says it already.
    package var remedy: String?

    /// An error at one place of one file.
    package init(file: String, line: Int?, problem: String, remedy: String? = nil) {
        self.file = file
        self.line = line
        self.problem = problem
        self.remedy = remedy
    }

    /// `FILE:LINE: PROBLEM`, then the remedy, indented, on a line of its own.
    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return "\(place): \(problem)" + (remedy.map { "\n  \($0)" } ?? "")
    }
}
