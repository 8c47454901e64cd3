/// Why text is not the JSON that was expected, and at which byte of it.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    package var problem: String
    package var offset: Int

    package init(_ problem: String, at offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    package var description: String { "\(problem) at byte \(offset)" }
}
