extension UpstreamEndpoint {
    /// The endpoints of one upstream at `key`, in the operator's order, at least one. An error has the item's line.
    ///
    /// Throws when the list is missing or empty, when an item is malformed or there twice, and when http and https are
    /// mixed: the members of one upstream are spoken to in one way.
    package static func list(
        from mapping: inout StrictMapping, key: String = "endpoints"
    ) throws(TopologyError) -> [UpstreamEndpoint] {
        var endpoints: [UpstreamEndpoint] = []
        let texts = try mapping.requiredStrings(key)
        // A comma in a password would make items of its pieces.
        if let index = texts.firstIndex(where: { $0.contains("@") }) {
            throw mapping.error(at: key, item: index, "\(QuotedText(texts[index])) has a user, which is not supported")
        }
        for (index, text) in texts.enumerated() {
            let endpoint: UpstreamEndpoint
            do {
                endpoint = try UpstreamEndpoint(parsing: text)
            } catch {
                throw mapping.error(at: key, item: index, "\(error)")
            }
            if endpoints.contains(endpoint) {
                throw mapping.error(
                    at: key, item: index, "\(QuotedText(text)) is listed twice", remedy: "remove one of the two")
            }
            if let first = endpoints.first, first.scheme != endpoint.scheme {
                throw mapping.error(
                    at: key, item: index,
                    "\(QuotedText(text)) mixes \(endpoint.scheme.rawValue) with \(first.scheme.rawValue)",
                    remedy: "declare two sources, or use one scheme for all endpoints"
                )
            }
            endpoints.append(endpoint)
        }
        return endpoints
    }
}
