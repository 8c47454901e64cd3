import Foundation

/// A Markdown file of the project.
struct Page {
    /// Below the project's root.
    let path: String
    let text: String

    /// A table: the words of its head in lower case, and its rows; the text of a cell without the marks of code.
    struct Table {
        let head: [String]
        let rows: [[String]]
        /// The last line of text above the table.
        let introduction: String

        /// The cells of one column.
        func column(_ name: String) -> [String] {
            guard let index = head.firstIndex(of: name) else { return [] }
            return rows.map { index < $0.count ? $0[index] : "" }
        }
    }

    /// The fenced blocks, in order, with the word behind the opening fence.
    var blocks: [(language: String, text: String)] {
        var blocks: [(language: String, text: String)] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isInside.toggle()
                if isInside { blocks.append((String(line.dropFirst(3)), "")) }
            } else if isInside {
                blocks[blocks.count - 1].text += line + "\n"
            }
        }
        return blocks
    }

    /// The lines outside of fenced blocks.
    private var prose: [Substring] {
        var isInside = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            defer { if line.hasPrefix("```") { isInside.toggle() } }
            return !isInside && !line.hasPrefix("```")
        }
    }

    /// Every table outside of fenced blocks, in order.
    var tables: [Table] {
        var tables: [Table] = []
        var introduction = ""
        var rows: [[String]] = []
        for line in prose + [""] {
            if line.hasPrefix("|") {
                rows.append(Page.cells(of: line))
            } else {
                if rows.count > 1 {
                    let head = rows[0].map { $0.lowercased() }
                    tables.append(Table(head: head, rows: Array(rows[2...]), introduction: introduction))
                }
                rows = []
                if !line.isEmpty { introduction = String(line) }
            }
        }
        return tables
    }

    /// The tables whose head begins with these words.
    func tables(of head: String...) -> [Table] { tables.filter { $0.head.starts(with: head) } }

    /// The targets of its links that are no addresses on the web, without the heading that they point to.
    var relativeLinks: [String] {
        prose.flatMap { line in
            line.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
        }
        .filter { !$0.contains("://") && !$0.hasPrefix("#") && !$0.hasPrefix("mailto:") }
        .map { String($0.split(separator: "#")[0]) }
    }

    private static func cells(of row: Substring) -> [String] {
        let hidden = row.replacing("\\|", with: "\u{1}")
        return hidden.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
            $0.replacing("\u{1}", with: "|").replacing("`", with: "").trimmingCharacters(in: .whitespaces)
        }
    }
}
