/// The list of upstreams as operators of the Go aggregator have it in `manager_cluster`:
/// `sc-1=http://a:30100,http://b:30100,sc-2=http://c:30100`.
package enum ManagerCluster {
    /// One upstream: its name, and its endpoints as they were written.
    package typealias Member = (name: SourceName, endpoints: [String])

    /// The upstreams in the order in which they stand. An endpoint without a name belongs to the name before it;
    /// spaces around names and endpoints are ignored.
    ///
    /// Throws when the text is empty or has an `@`, the first endpoint has no name, a name is malformed or there twice,
    /// or an endpoint is empty or malformed. `file` is named in errors.
    package static func parse(_ text: String, file: String) throws(TopologyError) -> [Member] {
        // A comma or an equals sign in a password would make a name or an endpoint of its pieces.
        guard !text.contains("@") else {
            throw failure(file, "an endpoint has a user, which is not supported")
        }
        var members: [Member] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
            if parts.count == 2 {
                members.append((try name(parts[0], after: members, file: file), []))
            }
            guard let owner = members.last?.name else {
                throw failure(
                    file, parts[0].isEmpty ? "no source is given" : "\(QuotedText(parts[0])) has no name before it")
            }
            members[members.count - 1].endpoints.append(try endpoint(parts[parts.count - 1], of: owner, file: file))
        }
        return members
    }

    private static func name(
        _ text: String, after members: [Member], file: String
    ) throws(TopologyError) -> SourceName {
        guard let name = SourceName(rawValue: text) else {
            let problem = text.isEmpty ? "a name is missing before '='" : "\(QuotedText(text)) is not a source's name"
            throw failure(file, problem, remedy: "use \(SourceName.rule)")
        }
        guard !members.contains(where: { $0.name == name }) else {
            let remedy = "list all endpoints of a source after one name"
            throw failure(file, "the name '\(name)' is there twice", remedy: remedy)
        }
        return name
    }

    private static func endpoint(
        _ text: String, of owner: SourceName, file: String
    ) throws(TopologyError) -> String {
        guard !text.isEmpty else { throw failure(file, "the source '\(owner)' has an empty endpoint") }
        do {
            _ = try UpstreamEndpoint(parsing: text)
        } catch {
            throw failure(file, "the source '\(owner)': \(error)", remedy: nil)
        }
        return text
    }

    private static func failure(
        _ file: String, _ problem: String,
        remedy: String? = "write it like north=http://10.0.0.1:30100,http://10.0.0.2:30100,south=http://10.1.0.1:30100"
    ) -> TopologyError {
        TopologyError(file: file, line: nil, problem: problem, remedy: remedy)
    }

    private static func trimmed(_ text: Substring) -> String {
        let head = text.drop(while: \.isWhitespace)
        return String(head.reversed().drop(while: \.isWhitespace).reversed())
    }
}
