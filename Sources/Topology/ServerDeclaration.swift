/// How we are reached, and within which limits.
package struct ServerDeclaration: Sendable, Equatable {
    /// Default `127.0.0.1:30100`.
    package var listen: ListenAddress
    /// What clients may use up.
    package var limits: ServerLimits

    /// The defaults, unless others are given.
    package init(listen: ListenAddress = .standard, limits: ServerLimits = ServerLimits()) {
        self.listen = listen
        self.limits = limits
    }

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        self.init()
        if let text = try mapping.optionalString("listen") {
            do {
                listen = try ListenAddress(parsing: text)
            } catch {
                throw mapping.error(at: "listen", "\(error)")
            }
        }
        if let declared = try mapping.optionalMapping("limits") { limits = try ServerLimits(from: declared) }
        try mapping.finish()
    }
}
