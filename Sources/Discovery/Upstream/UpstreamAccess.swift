package import Topology

/// What it takes to speak to an upstream beside its address: read from a source's settings, for every client alike.
package struct UpstreamAccess: Sendable, Equatable {
    package var tls = UpstreamTLS()
    /// The HTTP proxy on the way; nil for what the environment says.
    package var proxy: UpstreamEndpoint?
    /// Nil for an upstream that asks for none.
    package var credentials: UpstreamCredentials?

    package init() {}

    init(from settings: inout StrictMapping, scheme: UpstreamEndpoint.Scheme) throws(TopologyError) {
        if let mapping = try settings.optionalMapping("tls") {
            guard scheme == .https else {
                throw settings.error(
                    at: "tls", "'tls' is declared, but the endpoints are http",
                    remedy: "write the endpoints with https://, or remove 'tls'")
            }
            tls = try UpstreamTLS(from: mapping)
        }
        if let text = try settings.optionalString("proxy") { proxy = try UpstreamAccess.proxy(text, settings) }
        if let mapping = try settings.optionalMapping("token") {
            credentials = try UpstreamCredentials(from: mapping)
        }
    }

    /// Reads the files that are named; the first that does not hold what it should is an error. Blocks.
    func check(_ files: any FileReader) throws(TopologyError) {
        try tls.check(files)
        try credentials?.check(files)
    }

    private static func proxy(_ text: String, _ settings: StrictMapping) throws(TopologyError) -> UpstreamEndpoint {
        let proxy: UpstreamEndpoint
        do {
            proxy = try UpstreamEndpoint(parsing: text)
        } catch {
            throw settings.error(at: "proxy", "\(error)")
        }
        guard proxy.scheme == .http else {
            throw settings.error(at: "proxy", "'proxy' must be an http proxy, not \(QuotedText(text))")
        }
        return proxy
    }
}
