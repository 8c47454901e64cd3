import Registry
package import ServiceCenterWire

extension ServiceCenterSource: Home {
    /// Passes the write on to the endpoint that answered last, and gives its answer as it came. Never tried elsewhere:
    /// a write that broke off may have been done.
    package func perform(
        _ write: RegistryWrite, for caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer {
        var answer = try await send(ServiceCenterCall(write, in: caller.tenant), for: caller)
        if case .unregisterMicroservice(let id, force: false) = write, answer.member("errorCode") == "400023" {
            answer = try await remove(id, besideObservers: answer, for: caller)
        }
        if answer.status < 300 { answer.isTold = await tellEcho(of: write, answer, for: caller) }
        return answer
    }

    package func relay(
        _ request: RelayedRequest, for caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer? {
        try await send(ServiceCenterCall(request), for: caller)
    }

    func send(
        _ call: ServiceCenterCall, for caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer {
        do throws(SourceFailure) {
            let (status, body) = try await client.send(call, for: caller, at: preferred)
            return WriteAnswer(status: status, body: body)
        } catch {
            throw ServiceCenterError(.unavailable, "the source '\(profile.id)' \(error)")
        }
    }
}
