package import Registry

extension Instance {
    /// The first of several words on an instance, with the endpoints and properties that it lacks and others have; the
    /// first one alone when that adds nothing. Reads every body once.
    @Sendable package static func united(_ words: [Instance]) -> Instance {
        let first = words[0]
        guard var all = try? first.parts else { return first }
        let own = all
        for word in words.dropFirst() {
            guard let parts = try? word.parts else { continue }
            all.endpoints += parts.endpoints.filter { !all.endpoints.contains($0) }
            all.properties.merge(parts.properties) { mine, _ in mine }
        }
        var changes: [JSONEdit.Member] = []
        if all.endpoints != own.endpoints {
            changes.append(("endpoints", JSONEdit.array(all.endpoints.map(JSONEdit.text))))
        }
        if all.properties != own.properties {
            var writer = JSONWriter()
            writer.map(all.properties)
            changes.append(("properties", writer.bytes))
        }
        return first.setting(changes, original: first)
    }

    /// Its endpoints, as it writes them.
    package var endpoints: [String] { (try? parts)?.endpoints ?? [] }

    private var parts: (endpoints: [String], properties: [String: String]) {
        get throws(JSONError) {
            try JSONReader.read(body) { reader throws(JSONError) in
                var (endpoints, properties): ([String], [String: String]) = ([], [:])
                try reader.members { reader, key throws(JSONError) in
                    if reader.equals(key, "endpoints") {
                        endpoints = try reader.stringList()
                    } else if reader.equals(key, "properties") {
                        properties = try reader.stringMap()
                    } else {
                        try reader.skip()
                    }
                }
                return (endpoints, properties)
            }
        }
    }
}
