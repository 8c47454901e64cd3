package import Foundation

/// What was recorded from the real service-center.
package enum Recordings {
    /// One request and its answer.
    package struct Exchange: Decodable, Sendable {
        package struct Request: Decodable, Sendable {
            package let method: String
            package let path: String
            package let headers: [String: String]
            package let body: JSONValue?
        }

        package struct Response: Decodable, Sendable {
            package let status: Int
            package let headers: [String: String]
            package let body: String
        }

        package let label: String
        /// Which server was asked.
        package let target: String
        package let request: Request
        package let response: Response
    }

    /// The folder of the project, by the place of this file.
    package static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The folder with the recordings, beside the project.
    package static let folder = project.deletingLastPathComponent()
        .appending(path: "shared/fixtures/service-center-1.4.8")

    /// Whether the recordings are there: a clone without its neighbour tests what it can.
    package static let areThere = FileManager.default.fileExists(atPath: folder.path())

    package static func data(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    package static func exchanges(_ name: String) throws -> [Exchange] {
        try JSONDecoder().decode([Exchange].self, from: Data(contentsOf: folder.appending(path: name)))
    }
}
