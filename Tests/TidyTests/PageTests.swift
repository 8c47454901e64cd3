import Foundation
import Testing
import Topology

@Suite("Pages") struct PageTests {
    @Test("every link to a file leads to one that exists")
    func links() throws {
        var broken: [String] = []
        for page in try Project.pages() {
            let folder = Project.root.appending(path: page.path).deletingLastPathComponent()
            for link in page.relativeLinks {
                let target = folder.appending(path: link).standardizedFileURL.path()
                if !FileManager.default.fileExists(atPath: target) { broken.append("\(page.path): \(link)") }
            }
        }
        #expect(broken == [])
    }

    @Test("every block of YAML is a topology that can be read")
    func topologies() throws {
        let pages = try Project.pages().filter { $0.path == "README.md" || $0.path.hasPrefix("docs/") }
        let blocks = pages.flatMap { page in
            page.blocks.filter { $0.language == "yaml" }.map { (path: page.path, text: $0.text) }
        }
        #expect(!blocks.isEmpty)
        for block in blocks {
            #expect(throws: Never.self, "\(block.path)\n\(block.text)") {
                try Topology.parse(block.text, file: block.path)
            }
        }
    }
}
