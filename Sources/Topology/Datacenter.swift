/// Where an upstream runs, in service-center's three levels.
package struct Datacenter: Sendable, Equatable {
    /// One line of text, without a default.
    package let name: String
    /// One line of text, without a default.
    package let region: String
    /// One line of text, without a default.
    package let availableZone: String

    /// A datacenter by its three levels.
    package init(name: String, region: String, availableZone: String) {
        self.name = name
        self.region = region
        self.availableZone = availableZone
    }

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        name = try mapping.requiredString("name")
        region = try mapping.requiredString("region")
        availableZone = try mapping.requiredString("availableZone")
        try mapping.finish()
    }
}
