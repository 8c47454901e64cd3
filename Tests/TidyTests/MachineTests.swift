import Foundation
import TestSupport
import Testing

@Suite("Machines") struct MachineTests {
    /// The files that git keeps or would take, by their paths; nil outside of a clone.
    private static let files: [String]? = {
        let arguments = ["-C", Project.root.path(), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        guard let listed = try? Program.output(of: "git", arguments), listed.status == 0 else { return nil }
        return listed.bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }()

    @Test("no file names a folder of the machine that it was written on", .enabled(if: files != nil, "a clone"))
    func paths() throws {
        let files = try #require(MachineTests.files)
        #expect(files.contains("Package.swift"))
        // Put together here, so that this file does not name them either.
        let folders = ["root/", "work/", "tmp/wt"].map { Data("/\($0)".utf8) }
        var places: [String] = []
        for path in files {
            guard let data = try? Data(contentsOf: Project.root.appending(path: path)) else { continue }
            for folder in folders where data.range(of: folder) != nil {
                places.append("\(path): \(String(decoding: folder, as: UTF8.self))")
            }
        }
        #expect(places == [])
    }
}
