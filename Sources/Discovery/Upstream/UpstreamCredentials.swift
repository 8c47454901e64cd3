import Topology

/// How we prove to an upstream who we are.
package enum UpstreamCredentials: Sendable, Equatable {
    /// A token in a file, which somebody else keeps fresh.
    case file(DeclaredFile)
    /// A user's name and password, for which the upstream gives tokens. A token that does not say when it ends is
    /// renewed after a while.
    case account(user: String, password: DeclaredFile, renewAfter: Duration)

    /// The file that the secret stands in, and what that is.
    var secret: (file: DeclaredFile, kind: String) {
        switch self {
        case .file(let file): (file, "token")
        case .account(_, let file, _): (file, "password")
        }
    }

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        let file = try mapping.optionalFile("file")
        let user = try mapping.optionalString("user")
        let password = try mapping.optionalFile("passwordFile")
        let renewAfter = try mapping.optionalDuration("renewAfter", in: .seconds(10)...(.seconds(86_400)))
        try mapping.finish()
        switch (file, user, password) {
        case (let file?, nil, nil) where renewAfter == nil: self = .file(file)
        case (nil, let user?, let password?):
            self = .account(user: user, password: password, renewAfter: renewAfter ?? .seconds(900))
        default:
            throw mapping.error(
                at: nil, "'token' is neither a file nor a user",
                remedy: "declare 'file' alone, or 'user' and 'passwordFile', with 'renewAfter' if need be")
        }
    }

    /// Reads the file that is named, and says what is wrong with it.
    func check(_ files: any FileReader) throws(TopologyError) {
        let (file, kind) = secret
        try file.check(files, remedy: "name a file that has the \(kind) and nothing else") { content in
            Secret(fileContent: content) == nil ? "has not one line of text" : nil
        }
    }
}
