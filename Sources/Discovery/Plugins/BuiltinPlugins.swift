extension PluginTable {
    /// The plugins that come with the binary: one line each.
    package static let builtin = PluginTable([
        ServiceCenterPlugin(),
        LocalPlugin(),
    ])
}
