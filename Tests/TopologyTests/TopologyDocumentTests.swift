import Testing
import Topology

@Suite("docs/topology.md")
struct TopologyDocumentTests {
    @Test("has only examples that parse")
    func examples() throws {
        let examples = Project.blocks(in: try Project.text("docs/topology.md")).filter { $0.language == "yaml" }
        #expect(!examples.isEmpty)
        for example in examples { _ = try Topology.parse(example.text, file: "docs/topology.md") }
    }

    @Test("shows for each mistake what is really said of it")
    func mistakes() throws {
        let blocks = Project.blocks(in: try Project.text("docs/topology.md"))
        let mistakes = blocks.indices.filter { blocks[$0].language == "yml" }
        #expect(mistakes.count >= 10)
        for index in mistakes {
            let error = #expect(throws: TopologyError.self) {
                try Topology.parse(blocks[index].text, file: "topology.yaml")
            }
            let answer = blocks[index...].dropFirst().first
            #expect(answer?.text == error.map { "\($0)\n" })
        }
    }

    @Test("shows a --sources that can be used")
    func sources() throws {
        let blocks = Project.blocks(in: try Project.text("docs/topology.md"))
        let line = try #require(blocks.first { $0.text.hasPrefix("--sources ") }).text
        let topology = try Topology.fromManagerCluster(String(line.dropFirst("--sources ".count).dropLast()))
        #expect(topology.sources.count == 2)
    }
}
