import TestSupport

/// One request of a story, and what its answer must be. `{NAME}` stands for what an earlier answer gave.
struct Step: Sendable {
    let method: String
    /// Below `/v4/default`.
    let path: String
    var body: String
    /// The microservice that asks.
    var consumer: String?
    var domain: String
    var status: Int
    /// JSON that the answer must have in it: of an object these members, of an array these elements.
    var showing: String?
    /// JSON that it must not have in it.
    var lacking: String?
    /// The whole answer, but for white space around it.
    var exactly: String?
    /// What is remembered, by name: members of the answer, with dots between them, or headers.
    var keeping: [String: String]
    var keepingHeaders: [String: String]

    /// `line` is the method and the path.
    init(
        _ line: String, _ body: String = "", by consumer: String? = nil, domain: String = "default",
        gives status: Int = 200, showing: String? = nil, lacking: String? = nil, exactly: String? = nil,
        keeping: [String: String] = [:], keepingHeaders: [String: String] = [:]
    ) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        (method, path) = (words[0], words[1])
        (self.body, self.consumer, self.domain, self.status) = (body, consumer, domain, status)
        (self.showing, self.lacking, self.exactly) = (showing, lacking, exactly)
        (self.keeping, self.keepingHeaders) = (keeping, keepingHeaders)
    }
}

extension JSONValue {
    /// Whether another value is in this one: an object's members, and an array's elements, each in some element.
    func includes(_ part: JSONValue) -> Bool {
        switch (self, part) {
        case (.object(let members), .object(let wanted)):
            wanted.allSatisfy { name, value in members[name]?.includes(value) ?? false }
        case (.array(let elements), .array(let wanted)):
            wanted.allSatisfy { value in elements.contains { $0.includes(value) } }
        default: self == part
        }
    }

    /// The value behind names, and numbers of elements, with dots between them.
    func value(at path: String) -> JSONValue? {
        path.split(separator: ".").reduce(self) { value, name in
            Int(name).map { value?.elements.dropFirst($0).first } ?? value?[String(name)]
        }
    }
}
