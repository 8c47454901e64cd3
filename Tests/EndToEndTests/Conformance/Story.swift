import TestSupport
import Testing

/// What a client does, one request after the other, and what it remembers meanwhile.
struct Story {
    private let client: RegistryClient
    private var known: [String: String] = [:]

    /// Plays the steps with a home of this kind.
    static func play(_ home: ConformanceWorld.Home, _ steps: [Step]) async throws {
        let world = try await ConformanceWorld(home)
        var story = Story(client: world.client)
        for step in steps { try await story.play(step) }
        try await world.end()
    }

    private init(client: RegistryClient) { self.client = client }

    private mutating func play(_ step: Step) async throws {
        var headers = ["X-Domain-Name": step.domain, "Content-Type": "application/json"]
        if let consumer = step.consumer { headers["X-ConsumerId"] = filled(consumer) }
        let path = "/v4/default" + filled(step.path)
        let answer = try await client.ask(
            step.method, path, headers: headers, body: step.body.isEmpty ? nil : filled(step.body))
        let told = Comment(rawValue: "\(step.method) \(path): \(answer.status) \(answer.text)")
        #expect(answer.status == step.status, told)
        if let part = step.showing {
            let wanted = try #require(JSONValue(parsing: filled(part).utf8))
            #expect(answer.json?.includes(wanted) == true, told)
        }
        if let part = step.lacking {
            let unwanted = try #require(JSONValue(parsing: filled(part).utf8))
            #expect(answer.json?.includes(unwanted) != true, told)
        }
        if let whole = step.exactly {
            #expect(answer.text.trimmed == filled(whole), told)
        }
        for (name, member) in step.keeping {
            known[name] = try #require(answer.json?.value(at: member)?.text, told)
        }
        for (name, header) in step.keepingHeaders {
            let value: String? = answer.header(header)
            known[name] = value
            #expect(value?.isEmpty == false, told)
        }
    }

    private func filled(_ text: String) -> String {
        known.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
}
