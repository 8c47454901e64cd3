import Registry
package import Topology

/// Reads a foreign service-center (or another Mainstem) by its dump.
package struct ServiceCenterPlugin: DiscoveryPlugin {
    package static let name = "servicecenter"
    package var name: String { ServiceCenterPlugin.name }

    package init() {}

    package func makeSource(
        _ declaration: SourceDeclaration, _ surroundings: Surroundings
    ) throws(TopologyError) -> any Source {
        let settings = try ServiceCenterSettings(declaration)
        return ServiceCenterSource(
            id: SourceID(declaration.name.rawValue), location: declaration.location, settings: settings,
            client: ServiceCenterClient(settings, surroundings), clock: surroundings.clock,
            ownProcess: surroundings.process)
    }

    package func check(_ declaration: SourceDeclaration, _ files: any FileReader) throws(TopologyError) {
        try ServiceCenterSettings(declaration).access.check(files)
    }
}
