import Yams

/// Puts an error of the YAML parser into our words, with the line that it is about.
struct YAMLFault {
    let file: String
    /// What was being parsed.
    let text: String

    /// The same error with file, line and, where the cause can be told, a remedy.
    func translated(_ error: any Error) -> TopologyError {
        guard let error = error as? YamlError else {
            return TopologyError(file: file, line: nil, problem: "not YAML: \(error)")
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            return torn(problem, context: context, at: mark)
        case .composer(_, let problem, let mark, _):
            return composed(problem, at: mark)
        case .reader(let problem, let offset, _, _):
            return TopologyError(file: file, line: offset.map(line(atCharacter:)), problem: "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            return TopologyError(
                file: file, line: context.mark.line, problem: Self.duplicate(keys.sorted().first ?? ""),
                remedy: "this is the first one: remove one of them"
            )
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return TopologyError(file: file, line: nil, problem: "not YAML: \(error)")
        }
    }

    /// The problem of a mapping that has `key` more than once.
    static func duplicate(_ key: String) -> String {
        "the key \(QuotedText(key)) is written more than once in one mapping"
    }

    private func torn(_ problem: String, context: YamlError.Context?, at mark: Mark) -> TopologyError {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let lastLine = (lines.lastIndex { !$0.allSatisfy(\.isWhitespace) } ?? 0) + 1
        let line = min(mark.line, lastLine)
        if problem.hasPrefix("Maximum nesting level") {
            return TopologyError(file: file, line: line, problem: "not YAML that we read: nested too deep")
        }
        let start = context.flatMap { $0.mark.line < line ? $0.mark.line : nil }
        var remedy = start.map { "look from line \($0) on, where it begins" }
        if lines[line - 1].prefix(while: \.isWhitespace).contains("\t") {
            remedy = "indent with spaces, not with tabs"
        }
        let fault = [problem, context?.text].compactMap(\.self).joined(separator: " ")
        return TopologyError(file: file, line: line, problem: "not YAML: \(fault)", remedy: remedy)
    }

    private func composed(_ problem: String, at mark: Mark) -> TopologyError {
        if problem.hasSuffix("another document") {
            return TopologyError(
                file: file, line: mark.line, problem: "a second document begins here",
                remedy: "a topology file holds one document: remove the '---'"
            )
        }
        return TopologyError(file: file, line: mark.line, problem: "not YAML: \(problem)")
    }

    private func line(atCharacter offset: Int) -> Int {
        text.prefix(offset).count(where: \.isNewline) + 1
    }
}
