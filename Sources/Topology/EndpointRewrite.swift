/// An item of `rewrite`: endpoints that can be reached in one place only, and what stands for them elsewhere.
package struct EndpointRewrite: Sendable, Equatable {
    /// Which addresses are meant.
    package enum Pattern: Sendable, Equatable {
        case network(AddressRange)
        /// A nil port means every port.
        case host(Glob, port: Int?)
    }

    /// What is shown instead.
    package enum Target: Sendable, Equatable {
        /// The same place in a network of the same size; the port stays.
        case network(AddressRange)
        /// A nil port keeps the port.
        case host(String, port: Int?)
    }

    /// Which protocol is meant, such as `rest`; nil means every one.
    package let scheme: Glob?
    package let from: Pattern
    package let to: Target

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        scheme = try mapping.optionalString("scheme").map(Glob.init)
        let (from, to) = (try mapping.requiredString("from"), try mapping.requiredString("to"))
        try mapping.finish()
        do throws(HostPort.Problem) {
            self.from = try Self.pattern(from)
        } catch {
            throw mapping.error(
                at: "from", "\(QuotedText(from)) \(error.text)",
                remedy: "write it like 10.0.0.0/8, 10.0.0.1:8080 or *.internal")
        }
        do throws(HostPort.Problem) {
            self.to = try Self.target(to, self.from)
        } catch {
            throw mapping.error(
                at: "to", "\(QuotedText(to)) \(error.text)",
                remedy: "write it like gateway.example:8443 or gateway.example")
        }
    }

    /// What stands for an address; nil when it is not meant. A host is in lower case, without brackets.
    package func rewritten(host: String, port: Int?) -> (host: String, port: Int?)? {
        switch (from, to) {
        case (.network(let range), .network(let other)):
            return range.moving(host, to: other).map { ($0, port) }
        case (.network(let range), .host(let shown, let shownPort)):
            return range.contains(host) ? (shown, shownPort ?? port) : nil
        case (.host(let glob, let only), .host(let shown, let shownPort)):
            return glob.matches(host) && (only == nil || only == port) ? (shown, shownPort ?? port) : nil
        case (.host, .network): return nil
        }
    }

    private static func pattern(_ text: String) throws(HostPort.Problem) -> Pattern {
        if text.contains("/") { return .network(try AddressRange(parsing: text)) }
        let (host, port) = try HostPort.parts(of: text, allowing: "*?")
        return .host(Glob(host), port: port)
    }

    private static func target(_ text: String, _ pattern: Pattern) throws(HostPort.Problem) -> Target {
        guard text.contains("/") else {
            let (host, port) = try HostPort.parts(of: text)
            return .host(host, port: port)
        }
        let range = try AddressRange(parsing: text)
        guard case .network(let from) = pattern, from.isAsLarge(as: range) else {
            throw HostPort.Problem(text: "is a network, and 'from' is none of the same size")
        }
        return .network(range)
    }
}
