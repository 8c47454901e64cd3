import Testing

/// Who may use whom. An arrow that is not here needs a reason before it needs a line.
@Suite("Imports") struct ImportTests {
    private struct Rule {
        let ours: Set<String>
        let foreign: Set<String>
    }

    private static let nio: Set<String> = ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket"]
    private static let collections: Set<String> = ["HashTreeCollections", "DequeModule", "HeapModule"]
    private static let libc: Set<String> = ["Glibc", "Musl", "Darwin"]
    private static let service: Set<String> = ["Logging", "ServiceLifecycle"]

    private static let rules = [
        "Locks": Rule(ours: [], foreign: ["Glibc", "Synchronization"]),
        "Registry": Rule(ours: [], foreign: collections),
        "ServiceCenterWire": Rule(ours: ["Registry"], foreign: collections),
        "Topology": Rule(ours: [], foreign: libc.union(["Yams"])),
        "Discovery": Rule(
            ours: ["Registry", "ServiceCenterWire", "Topology", "Locks", "CCurl", "CCrypto"],
            foreign: nio.union(collections).union(["NIOSSL", "Glibc", "Logging", "GRDB", "Foundation"])),
        "Federation": Rule(ours: ["Registry", "Topology", "Discovery", "Locks"], foreign: service),
        "API": Rule(
            ours: ["Registry", "ServiceCenterWire", "Discovery", "Federation", "Locks", "CZlib"],
            foreign: nio.union(service).union(["Glibc", "Synchronization"])),
        "MainstemCLI": Rule(
            ours: ["Registry", "ServiceCenterWire", "Topology", "Discovery", "Federation", "API"],
            foreign: service.union(["ArgumentParser", "UnixSignals", "Glibc"])),
        "Benchmarks": Rule(
            ours: ["Registry", "ServiceCenterWire", "Discovery", "CEpoll"],
            foreign: nio.union(["ArgumentParser", "Dispatch", "Foundation", "Glibc", "Synchronization"])),
    ]

    @Test("every target imports only what it may")
    func imports() throws {
        let pattern = /^\s*(?:@\w+ )?(?:\w+ )?import (?:(?:struct|class|enum|protocol|func|typealias|var|let) )?(\w+)/
        var strangers: [String] = []
        for file in try Project.swiftFiles(in: "Sources", "Benchmarks") {
            let rule = try #require(ImportTests.rules[file.target], "say what \(file.target) may import")
            for (number, line) in file.codeLines.enumerated() {
                guard let name = line.firstMatch(of: pattern).map({ String($0.1) }) else { continue }
                if !rule.ours.union(rule.foreign).contains(name) { strangers.append(file.place(number, line)) }
            }
        }
        #expect(strangers == [])
    }

    @Test("the pure targets know no waiting, no clock and no log")
    func pure() throws {
        let waiting = /\b(?:async|await|Task|Clock|ContinuousClock|SuspendingClock|Date|Logger|Foundation)\b/
        let places = try ["Registry", "ServiceCenterWire", "Topology"].flatMap { target in
            try Project.swiftFiles(in: "Sources/\(target)").flatMap { $0.places(of: waiting) }
        }
        #expect(places == [])
    }

    @Test("sources cannot see who else exists, and the federation knows neither HTTP nor JSON")
    func rooms() throws {
        let others = try Project.swiftFiles(in: "Sources/Discovery")
            .flatMap { $0.places(of: /FederatedRegistry|RegistryView/) }
        #expect(others == [])
        let bytes = try Project.swiftFiles(in: "Sources/Federation").flatMap { $0.places(of: /HTTP|JSON|NIO/) }
        #expect(bytes == [])
    }

    @Test("nothing but the list of plugins and the commands names a plugin's types")
    func plugins() throws {
        let files = try Project.swiftFiles(in: "Sources/Discovery/Plugins")
            .filter { $0.path.split(separator: "/").count > 4 }
        let names = Set(files.map(\.typeName)).union(["BuiltinPlugins"]).sorted()
        #expect(names.contains("ServiceCenterSource") && names.contains("LocalSource"))
        let pattern = try Regex(#"\b(?:\#(names.joined(separator: "|")))\b|PluginTable"#, as: Substring.self)
        let places = try Project.swiftFiles(in: "Sources/API", "Sources/Federation").flatMap { $0.places(of: pattern) }
        #expect(places == [])
    }
}
