/// Puts an answer's head together from its lines. Interim heads before it and trailers after it are dropped.
struct HeadParser {
    enum Step {
        /// The head goes on.
        case more
        /// This line ended the head.
        case head(TransferHead)
        /// Not a head that can be believed; the text says why.
        case refused(String)
    }

    /// What an answer may spend on heads, interim ones and trailers included.
    static let maxBytes = 256 << 10

    private var head = TransferHead(status: 0, headers: [], reusedConnection: false)
    private var seenBytes = 0
    private(set) var isDone = false

    /// Takes one line, its line break included; the empty line that ends a head is one too.
    mutating func consume(_ line: String) -> Step {
        seenBytes += line.utf8.count
        guard seenBytes <= Self.maxBytes else {
            return .refused("its head has more than \(Self.maxBytes) bytes")
        }
        guard !isDone else { return .more }
        let text = line.trimmingSuffix(while: \.isNewline)
        if text.isEmpty { return finishHead() }
        return text.hasPrefix("HTTP/") ? beginHead(text) : addField(text)
    }

    private mutating func beginHead(_ line: Substring) -> Step {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, let status = Int(words[1]), (100...599).contains(status) else {
            return .refused("its status line is malformed")
        }
        head.status = status
        head.headers = []
        return .more
    }

    private mutating func addField(_ line: Substring) -> Step {
        if line.first == " " || line.first == "\t" { return continueField(line) }
        guard let colon = line.firstIndex(of: ":") else { return .refused("a line of its head has no colon") }
        let name = line[..<colon].lowercased()
        head.headers.append((name, line[line.index(after: colon)...].trimmed))
        return .more
    }

    /// A line that starts with a blank continues the one before (RFC 9112, section 5.2).
    private mutating func continueField(_ line: Substring) -> Step {
        guard let last = head.headers.indices.last else { return .refused("its head starts with a blank") }
        head.headers[last].value += " " + line.trimmed
        return .more
    }

    private mutating func finishHead() -> Step {
        guard head.status >= 200 else { return .more }
        isDone = true
        return .head(head)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).trimmingSuffix(while: \.isWhitespace))
    }
}

extension StringProtocol where SubSequence == Substring {
    fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> Substring {
        self[..<(lastIndex { !isDropped($0) }.map { index(after: $0) } ?? startIndex)]
    }
}
