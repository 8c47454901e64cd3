import Registry
package import Topology

/// An embedded registry of our own.
package struct LocalPlugin: DiscoveryPlugin {
    package static let name = "local"
    package var name: String { LocalPlugin.name }
    package var isEmbedded: Bool { true }

    package init() {}

    package func makeSource(
        _ declaration: SourceDeclaration, _ surroundings: Surroundings
    ) throws(TopologyError) -> any Source {
        LocalSource(
            id: SourceID(declaration.name.rawValue), location: declaration.location,
            settings: try LocalSettings(declaration),
            path: surroundings.stateDirectory.map {
                StateDirectory($0).path(ofLocal: SourceID(declaration.name.rawValue))
            },
            clock: surroundings.clock)
    }
}
