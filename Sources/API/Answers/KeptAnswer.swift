import NIOHTTP1

/// An answer that is given again while the registry's tables are the same. Lives on its event loop.
final class KeptAnswer {
    /// Where it is counted.
    let slot: RequestCounters.Slot
    private let status: HTTPResponseStatus
    private let headers: HTTPHeaders
    private let body: EncodedBody?
    private let plain: PreparedAnswer
    private var compressed: PreparedAnswer?

    init(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: EncodedBody?, _ slot: RequestCounters.Slot) {
        self.status = status
        self.headers = headers
        self.body = body
        self.slot = slot
        plain = PreparedAnswer(status, headers, body, gzip: nil)
    }

    /// About what it takes in memory.
    var bytes: Int { 1_024 + (body?.bytes ?? 0) }

    /// The form for a client that takes gzip or does not.
    func prepared(gzip: Bool, _ counters: AnswerCounters) -> PreparedAnswer {
        guard gzip, let body, body.isWorthCompressing else { return plain }
        if let compressed { return compressed }
        let made = PreparedAnswer(status, headers, body, gzip: body.gzip(counters))
        compressed = made
        return made
    }
}
