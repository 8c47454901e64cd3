import Foundation
import TestSupport
import Testing

@testable import Discovery

@Suite("Files of the system")
struct SystemFilesTests {
    @Test("have a stamp, however far their time is away")
    func farAway() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/token"
        try "t".write(toFile: path, atomically: true, encoding: .utf8)
        let near = try SystemFiles().stamp(of: path)
        let future = Date(timeIntervalSince1970: 10_413_792_000)
        try FileManager.default.setAttributes([.modificationDate: future], ofItemAtPath: path)
        #expect(try SystemFiles().stamp(of: path) != near)
    }
}
