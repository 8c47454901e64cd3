package import Registry
package import Topology

/// A kind of source. Making one does no I/O, so that a topology can be checked without being started.
package protocol DiscoveryPlugin: Sendable {
    /// What `plugin:` of a source says in the topology file.
    var name: String { get }

    /// Whether its sources are registries of our own, which have nothing that has to be filtered or renamed.
    var isEmbedded: Bool { get }

    /// Makes a source from its declaration; the error names the line of what is wrong in its settings.
    func makeSource(
        _ declaration: SourceDeclaration, _ surroundings: Surroundings
    ) throws(TopologyError) -> any Source

    /// Reads the files that a declaration names, such as certificates: the error has the line of the first that is not
    /// there, or does not hold what it should. A source is made without that, so that a file that is missing for one
    /// source keeps no other from starting. Blocks.
    func check(_ declaration: SourceDeclaration, _ files: any FileReader) throws(TopologyError)
}

extension DiscoveryPlugin {
    package func check(_ declaration: SourceDeclaration, _ files: any FileReader) throws(TopologyError) {}
}

extension DiscoveryPlugin {
    package var isEmbedded: Bool { false }
}

extension SourceDeclaration {
    /// The declared datacenter, in the registry's own terms.
    package var location: Location? {
        datacenter.map { Location(name: $0.name, region: $0.region, availableZone: $0.availableZone) }
    }
}

/// What the plugins get from outside: everything real is a parameter.
package struct Surroundings: Sendable {
    /// Does every HTTP request to upstreams.
    package let transfers: HTTPTransfers
    package let clock: any Timekeeper
    /// Where files are kept that must survive a restart; nil when nothing is kept.
    package let stateDirectory: String?
    /// Where certificates, tokens and passwords are read.
    package let files: any FileReader
    /// This process, by the epoch of its revisions: what an upstream has through it came from ourselves.
    package let process: String

    package init(
        transfers: HTTPTransfers, clock: any Timekeeper, stateDirectory: String? = nil,
        files: any FileReader = SystemFiles(), process: String = ""
    ) {
        self.process = process
        self.transfers = transfers
        self.clock = clock
        self.stateDirectory = stateDirectory
        self.files = files
    }
}
