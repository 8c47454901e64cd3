import Registry
package import ServiceCenterWire

extension ServiceCenterSource: Home {
    /// Passes the write on to the endpoint that answered last, and gives its answer as it came. Never tried elsewhere:
    /// a write that broke off may have been done.
    package func perform(
        _ write: RegistryWrite, for caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer {
        var answer = try await send(ServiceCenterCall(write, in: caller.tenant), for: caller, asOurselves: true)
        if answer.status < 300 { answer.isTold = await tellEcho(of: write, answer, for: caller) }
        return answer
    }

    /// Never with our own credentials: accounts and roles are for those who may see to them.
    package func relay(
        _ request: RelayedRequest, for caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer? {
        try await send(ServiceCenterCall(request), for: caller, asOurselves: false)
    }

    private func send(
        _ call: ServiceCenterCall, for caller: Caller, asOurselves: Bool
    ) async throws(ServiceCenterError) -> WriteAnswer {
        do throws(SourceFailure) {
            let (status, body) = try await client.send(
                call, for: caller, asOurselves: asOurselves, at: preferred)
            return WriteAnswer(status: status, body: body)
        } catch {
            throw ServiceCenterError(.unavailable, "the source '\(profile.id)' \(error)")
        }
    }
}
