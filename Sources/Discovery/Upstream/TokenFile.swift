import Registry

/// The token in a file that somebody else keeps fresh: read again when the file is another one than before.
struct TokenFile {
    /// How long what was read is taken for what is there.
    private static let checkEvery = Duration.seconds(1)

    private let path: String
    private let origin: String
    private var known: (token: Secret, stamp: FileStamp?)?
    private var checkedAt: Duration?

    /// - Parameter origin: the place of the topology that names the file.
    init(_ path: String, declaredAt origin: String) {
        self.path = path
        self.origin = origin
    }

    /// The token as of a second ago at most. A file that cannot be read, or has no token in it, leaves the one before;
    /// without one, it is a failure. Blocks for a moment.
    mutating func token(at now: Duration, _ files: any FileReader) throws(SourceFailure) -> Secret {
        if let known, let checkedAt, now - checkedAt < TokenFile.checkEvery { return known.token }
        checkedAt = now
        let problem: String
        do {
            // Taken before the file is read: what is written meanwhile is found the next time.
            let stamp = try files.stamp(of: path)
            if let known, known.stamp == stamp { return known.token }
            if let token = Secret(fileContent: try files.read(path)) {
                known = (token, stamp)
                return token
            }
            problem = "has not one line of text"
        } catch {
            problem = error.problem
        }
        if let known { return known.token }
        throw .unauthorized("the token file that \(origin) names \(problem)")
    }

    /// The upstream does not take the token: the file is read again, whatever it looks like.
    mutating func refused() {
        checkedAt = nil
        known?.stamp = nil
    }
}
