import ArgumentParser
import Discovery
import Topology

/// Where the topology comes from, and what the command line says instead of it.
struct TopologyOptions: ParsableArguments {
    @Argument(help: "The topology file.")
    var file: String?

    @Option(
        help: ArgumentHelp(
            "Sources without a file, as the Go aggregator's manager_cluster has them.",
            valueName: "sc-1=http://a:30100,http://b:30100,sc-2=http://c:30100"))
    var sources: String?

    @Option(help: ArgumentHelp("An embedded registry without a file: a home and nothing else.", valueName: "name"))
    var local: String?

    @Option(help: ArgumentHelp("Which of the sources takes writes, whatever the topology says.", valueName: "name"))
    var home: String?

    @Option(
        help: ArgumentHelp("Listen here, whatever the topology says; port 0 takes a free one.", valueName: "host:port"))
    var listen: String?

    @Option(help: ArgumentHelp("Read every service-center this often, whatever the topology says.", valueName: "2s"))
    var interval: String?

    @Option(
        help: ArgumentHelp(
            "The directory of what survives a restart, whatever the topology says.", valueName: "directory"))
    var state: String?

    /// The topology with everything that was said instead.
    func topology() throws -> Topology { try amended(read()) }

    /// Another topology with the same.
    func amended(_ declared: Topology) throws -> Topology {
        var topology = declared
        if let listen {
            do {
                topology = topology.listening(on: try ListenAddress(parsing: listen))
            } catch {
                throw TopologyError(file: "--listen", line: nil, problem: "\(error)")
            }
        }
        if let home {
            guard topology.sources.contains(where: { $0.name.rawValue == home }) else {
                let names = topology.sources.map(\.name.rawValue).joined(separator: ", ")
                throw TopologyError(
                    file: "--home", line: nil, problem: "\(QuotedText(home)) is not a source",
                    remedy: "the sources are: \(names)"
                )
            }
            topology.home = home
        }
        if let state {
            guard !state.isEmpty else {
                throw TopologyError(
                    file: "--state", line: nil, problem: "the directory has no name",
                    remedy: "name one, or leave the option out"
                )
            }
            topology.state = state
        }
        if let interval {
            guard topology.sources.contains(where: { $0.plugin == ServiceCenterPlugin.name }) else {
                throw TopologyError(
                    file: "--interval", line: nil, problem: "no source is read",
                    remedy: "only a source with the plugin '\(ServiceCenterPlugin.name)' is: leave the option out"
                )
            }
            for index in topology.sources.indices where topology.sources[index].plugin == ServiceCenterPlugin.name {
                topology.sources[index].settings.override("interval", with: interval, origin: "--interval")
            }
        }
        return topology
    }

    /// The topology as the file has it now, with everything that was said instead.
    func reread() throws -> Topology { try amended(file == nil ? TopologyOptions.refuseToRead() : read()) }

    /// For a process whose topology is in no file.
    @Sendable static func refuseToRead() throws -> Topology {
        throw TopologyError(
            file: "command line", line: nil, problem: "this process runs without a topology file",
            remedy: "name one at the start: only a file can be read anew")
    }

    private func read() throws -> Topology {
        let given = [file, sources, local].filter { $0 != nil }
        guard given.count == 1 else {
            throw TopologyError(
                file: "command line", line: nil,
                problem: given.isEmpty
                    ? "there is nothing to serve" : "a topology file, --sources and --local exclude each other",
                remedy: given.isEmpty
                    ? "name a topology file, or give --sources \"sc-1=http://host:30100\", or --local name"
                    : "give one of them")
        }
        if let local { return try Topology.standAlone(local) }
        if let sources { return try Topology.fromManagerCluster(sources) }
        return try Topology.read(file: file ?? "")
    }
}
