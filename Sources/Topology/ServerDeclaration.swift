/// How we are reached, and within which limits.
package struct ServerDeclaration: Sendable, Equatable {
    /// Default `127.0.0.1:30100`.
    package var listen: ListenAddress
    /// A second address that is open from the start to the end, for those who look after us. Default: none.
    package var admin: ListenAddress?
    /// When clients may come in.
    package var start: StartDeclaration
    /// Changes of one instance within this time are told as one event. Default: none, each change is told; 5 ms…1 s.
    package var coalesce: Duration?
    /// Whether the first change of an instance that was quiet waits, too. Default: no, so that a lone change is told at
    /// once.
    package var coalesceFirst = false
    /// What clients may use up.
    package var limits: ServerLimits

    /// The defaults, unless others are given.
    package init(
        listen: ListenAddress = .standard, admin: ListenAddress? = nil, start: StartDeclaration = StartDeclaration(),
        coalesce: Duration? = nil, limits: ServerLimits = ServerLimits()
    ) {
        self.listen = listen
        self.admin = admin
        self.start = start
        self.coalesce = coalesce
        self.limits = limits
    }

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        self.init()
        if let text = try mapping.optionalString("listen") {
            listen = try ServerDeclaration.address(text, at: "listen", of: mapping)
        }
        if let text = try mapping.optionalString("admin") {
            admin = try ServerDeclaration.address(text, at: "admin", of: mapping)
        }
        if let declared = try mapping.optionalMapping("start") { start = try StartDeclaration(from: declared) }
        coalesce = try mapping.optionalDuration("coalesce", in: .milliseconds(5) ... .seconds(1))
        coalesceFirst = try mapping.optionalBool("coalesceFirst") ?? coalesceFirst
        if coalesceFirst, coalesce == nil {
            throw mapping.error(
                at: "coalesceFirst", "'coalesceFirst' says how 'coalesce' is meant, which is missing",
                remedy: "add it to 'server', like: coalesce: 100ms")
        }
        if let declared = try mapping.optionalMapping("limits") { limits = try ServerLimits(from: declared) }
        try mapping.finish()
    }

    private static func address(
        _ text: String, at key: String, of mapping: StrictMapping
    ) throws(TopologyError) -> ListenAddress {
        do {
            return try ListenAddress(parsing: text)
        } catch {
            throw mapping.error(at: key, "\(error)")
        }
    }
}
