import NIOHTTP1

/// What decides on an answer beside the registry, for the requests whose answers may be kept: equal keys are answered
/// alike as long as the registry's tables are the same.
struct RequestKey: Hashable {
    /// Longer bodies than this are answered anew each time.
    static let longestBody = 16 << 10

    let isPost: Bool
    let target: String
    let host: String?
    let domain: String?
    let consumer: String?
    let body: [UInt8]

    /// Nil for a request that is never answered by what is kept: it changes something, or is too long to be kept.
    init?(_ head: HTTPRequestHead, _ fields: RequestFields, _ body: [UInt8]) {
        switch head.method {
        case .GET: isPost = false
        case .POST where body.count <= RequestKey.longestBody: isPost = true
        default: return nil
        }
        target = head.uri
        host = fields.host
        domain = fields.domain
        consumer = fields.consumer
        self.body = isPost ? body : []
    }

    /// About what it takes in memory.
    var bytes: Int {
        256 + target.utf8.count + (host?.utf8.count ?? 0) + (domain?.utf8.count ?? 0) + (consumer?.utf8.count ?? 0)
            + body.count
    }
}
