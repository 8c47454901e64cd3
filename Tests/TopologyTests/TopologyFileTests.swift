import Foundation
import Testing
import Topology

@Suite("A topology file")
struct TopologyFileTests {
    @Test("of the folder topology/ can be read")
    func examples() throws {
        let folder = Project.root.appending(path: "topology")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        #expect(names.count >= 4)
        for name in names {
            let topology = try Topology.read(file: folder.appending(path: name).path)
            #expect(!topology.sources.isEmpty, "\(name)")
        }
    }

    @Test("of the folder topology/ has a row in its README")
    func readme() throws {
        let folder = Project.root.appending(path: "topology")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        let readme = try Project.text("topology/README.md")
        for name in names { #expect(readme.contains("[\(name)](\(name))"), "\(name)") }
    }

    @Test("that is not there, or is a directory, is refused by its name")
    func unreadable() throws {
        let folder = FileManager.default.temporaryDirectory.path
        let remedy = "name a topology file that exists and that this user may read"
        for (file, reason) in [(folder, "Is a directory"), (folder + "/no/such.yaml", "No such file or directory")] {
            let expected = TopologyError(file: file, line: nil, problem: "cannot be read: \(reason)", remedy: remedy)
            #expect(throws: expected) { try Topology.read(file: file) }
        }
    }

    @Test("that is not UTF-8 is refused at its first bad line")
    func notUTF8() throws {
        let bytes = Data("sources:\n  - name: ".utf8) + Data([0xE9]) + Data("\n\n".utf8)
        try withFile(bytes) { file in
            let expected = TopologyError(
                file: file, line: 2, problem: "not UTF-8", remedy: "save the file as UTF-8"
            )
            #expect(throws: expected) { try Topology.read(file: file) }
        }
    }

    @Test("that is longer than any topology is refused")
    func tooLong() throws {
        let text = "sources: [{name: a, plugin: b}]\n"
        let fitting = text + String(repeating: "#", count: Topology.maxFileBytes - text.utf8.count)
        try withFile(Data(fitting.utf8)) { file in
            let topology = try Topology.read(file: file)
            #expect(topology.sources.count == 1)
        }
        try withFile(Data((fitting + "#").utf8)) { file in
            let problem = "longer than 1MiB, the most that is read"
            #expect(throws: TopologyError(file: file, line: nil, problem: problem)) {
                try Topology.read(file: file)
            }
        }
    }

    private func withFile(_ contents: Data, _ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml")
        try contents.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try body(file.path)
    }
}
