/// The head of an answer: what is known before its body.
struct TransferHead: Sendable {
    /// 200 to 599; interim heads (1xx) are never seen.
    var status: Int
    /// In the upstream's order, names in lower case.
    var headers: [(name: String, value: String)]
    /// Whether the request went over a connection that had already carried another one.
    var reusedConnection: Bool
}
