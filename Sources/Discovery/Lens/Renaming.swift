import Topology

/// Under which names one kind of name is seen. A name that nothing is said of is seen as it is.
struct Renaming: Sendable {
    private let names: RenameDeclaration.Names
    private let seen: [String: String]

    init(_ names: RenameDeclaration.Names) {
        self.names = names
        seen = Dictionary(names.map { ($0.from, $0.to) }) { first, _ in first }
    }

    /// How one of the source's names is seen.
    func seen(_ name: String) -> String { seen[name] ?? name }

    /// What something new is called in the source that is to be seen under a name: of several, what is declared first.
    /// Nil when nothing in the source can be seen under it.
    func origin(of name: String) -> String? {
        names.first { $0.to == name }?.from ?? (seen[name] == nil ? name : nil)
    }
}
