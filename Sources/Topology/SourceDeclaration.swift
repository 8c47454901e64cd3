/// One entry of `sources`: which plugin reads which upstream, and under which name.
package struct SourceDeclaration: Sendable {
    /// Unique in the topology.
    package var name: SourceName
    /// The plugin's name as the operator wrote it; whether there is such a plugin is the plugin table's to say.
    package var plugin: String
    /// Where the upstream runs; nil when it was not declared.
    package var datacenter: Datacenter?
    /// What becomes of its instances when it has not confirmed them for long; nil for the defaults.
    package var stale: StaleDeclaration?
    /// When its withdrawals are held back; nil for the defaults.
    package var quarantine: QuarantineDeclaration?
    /// When its instances are kept out of sight because they come and go; nil for the defaults.
    package var damping: DampingDeclaration?
    /// What is seen of it, and how; everything as it is when nothing is declared.
    package var lens: LensDeclaration
    /// The plugin's own keys, not read yet; empty when there are none.
    package var settings: StrictMapping
    /// Where the source is declared.
    package var file: String
    /// The line on which it begins, counted from 1; 1 for the command line.
    package var line: Int

    /// A source that is declared in code.
    package init(
        name: SourceName, plugin: String, datacenter: Datacenter? = nil, lens: LensDeclaration = LensDeclaration(),
        settings: StrictMapping, file: String, line: Int
    ) {
        self.name = name
        self.plugin = plugin
        self.datacenter = datacenter
        self.lens = lens
        self.settings = settings
        self.file = file
        self.line = line
    }

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        let text = try mapping.requiredString("name")
        guard let name = SourceName(rawValue: text) else {
            throw mapping.error(
                at: "name", "\(QuotedText(text)) is not a source's name", remedy: "use \(SourceName.rule)")
        }
        let plugin = try mapping.requiredString("plugin")
        let datacenter = try mapping.optionalMapping("datacenter")
        let stale = try mapping.optionalMapping("stale")
        let quarantine = try mapping.optionalMapping("quarantine")
        let damping = try mapping.optionalMapping("damping")
        let include = try mapping.optionalMappings("include") ?? []
        if mapping.line(of: "include") != nil, include.isEmpty {
            throw mapping.error(
                at: "include", "'include' lets nothing in", remedy: "say what is seen, or remove it to see everything")
        }
        let exclude = try mapping.optionalMappings("exclude") ?? []
        let rename = try mapping.optionalMapping("rename")
        let rewrite = try mapping.optionalMappings("rewrite") ?? []
        let settings = try mapping.optionalMapping("settings")
        try mapping.finish()
        var lens = LensDeclaration()
        lens.firstKey =
            ["include", "exclude", "rename", "rewrite"].lazy
            .compactMap { key in mapping.line(of: key).map { (key, $0) } }.first
        for item in include { lens.include.append(try MicroserviceCondition(from: item)) }
        for item in exclude { lens.exclude.append(try MicroserviceCondition(from: item)) }
        if let rename { lens.rename = try RenameDeclaration(from: rename) }
        for item in rewrite { lens.rewrite.append(try EndpointRewrite(from: item)) }
        self.init(
            name: name, plugin: plugin, datacenter: try datacenter.map(Datacenter.init(from:)), lens: lens,
            settings: settings
                ?? StrictMapping(file: mapping.file, line: mapping.line, path: "\(mapping.path).settings", values: []),
            file: mapping.file, line: mapping.line ?? 1
        )
        self.stale = try stale.map(StaleDeclaration.init(from:))
        self.quarantine = try quarantine.map(QuarantineDeclaration.init(from:))
        self.damping = try damping.map(DampingDeclaration.init(from:))
    }
}
