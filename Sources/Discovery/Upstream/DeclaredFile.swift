import Topology

/// A file that a topology names, and where it does so. Equal when the path is.
package struct DeclaredFile: Sendable, Equatable {
    /// As the operator wrote it: a relative one counts from the working directory. The path of a secret's file is shown
    /// to nobody before there is such a file: it may be the secret itself.
    package let path: String
    fileprivate let place: TopologyError

    package static func == (left: DeclaredFile, right: DeclaredFile) -> Bool { left.path == right.path }

    /// Reads the file and hands its content to a test, which says what is wrong with it; the error has the line of the
    /// topology that names the file. Blocks.
    func check(
        _ files: any FileReader, remedy: String, _ problem: ([UInt8]) -> String?
    ) throws(TopologyError) {
        let content: [UInt8]
        do {
            content = try files.read(path)
        } catch {
            throw failure(error.problem, remedy: "name a file that exists and that this user may read")
        }
        if let problem = problem(content) { throw failure(problem, remedy: remedy) }
    }

    /// The file and the line of the topology that name this one.
    package var origin: String { place.line.map { "\(place.file):\($0)" } ?? place.file }

    private func failure(_ problem: String, remedy: String) -> TopologyError {
        var error = place
        error.problem += " " + problem
        error.remedy = remedy
        return error
    }
}

extension StrictMapping {
    /// The file that a key names; nil when the key is not there. The file is not opened.
    mutating func optionalFile(_ key: String) throws(TopologyError) -> DeclaredFile? {
        guard let path = try optionalString(key) else { return nil }
        return declared(path, at: key)
    }

    private func declared(_ path: String, at key: String) -> DeclaredFile {
        let name = mayHoldSecret(at: key) ? "" : " \(QuotedText(path))"
        return DeclaredFile(path: path, place: error(at: key, "'\(key)': the file\(name)"))
    }
}
