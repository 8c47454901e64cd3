extension StrictMapping {
    /// A value of a mapping that is written in code.
    package enum Value: Sendable, Equatable {
        /// Read as an unquoted scalar is: text, or a number, a boolean, a duration, a size.
        case scalar(String)
        /// A list of such scalars.
        case list([String])

        func node(line: Int?) -> StrictNode {
            switch self {
            case .scalar(let text):
                StrictNode(line: line, content: .plain(text))
            case .list(let items):
                StrictNode(line: line, content: .list(items.map { StrictNode(line: line, content: .plain($0)) }))
            }
        }
    }
}
