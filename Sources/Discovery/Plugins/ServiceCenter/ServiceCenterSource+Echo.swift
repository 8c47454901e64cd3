import Registry
import ServiceCenterWire

/// What a write has done, looked up entry by entry, so that the whole dump need not be read for it.
extension ServiceCenterSource {
    /// Tells what a write that the upstream has answered with success has changed; false when it has to be read. Looks
    /// a few times, since answers may lag behind the store for a moment, at the endpoint that took the write.
    func tellEcho(
        of write: RegistryWrite, _ answer: WriteAnswer, at endpoint: Int, for caller: Caller
    ) async -> Bool {
        guard isFollowed, let echo = Echo(of: write, answer) else { return false }
        let target = ServiceCenterCall.target(echo.path(in: caller.tenant), [])
        let client = client
        for attempt in 0..<ServiceCenterSource.maxLooks {
            if attempt > 0 { try? await clock.sleep(for: .milliseconds(10 << attempt)) }
            let isTold = await look(for: echo.key(in: caller.tenant)) {
                try? await client.look(target, for: caller, at: endpoint)
            } _: { answer in
                answer.map { take(echo, $0, in: caller.tenant) } ?? false
            }
            if isTold { return true }
        }
        return false
    }

    /// False when the answer does not show the write yet, or is none that tells.
    private func take(_ echo: Echo, _ answer: UpstreamClient.Answer, in tenant: Tenant) -> Bool {
        guard !echo.isEnd else {
            guard answer.status == 400 else { return false }
            hearEnd(key: echo.key(in: tenant), because: .write)
            noteFresh([echo.key(in: tenant)])
            return true
        }
        guard answer.status == 200, let value = echo.value(in: answer.body) else { return false }
        let key = echo.key(in: tenant)
        noteFresh([key])
        let (path, origin) = (path(of: answer), origin(of: answer))
        return (try? hear(echo.table, key: key, value: value, path: path, origin: origin, because: .write)) ?? false
    }

    /// The path of the one entry that an answer is.
    func path(of answer: UpstreamClient.Answer) -> String {
        UpstreamPath(process: answer.header(UpstreamPath.header) ?? process)
            .path(via: answer.header(UpstreamPath.viaHeader) ?? "")
    }

    /// Where a Mainstem says that it has the one entry from that an answer is.
    func origin(of answer: UpstreamClient.Answer) -> String? { answer.header(UpstreamPath.sourceHeader) }
}
