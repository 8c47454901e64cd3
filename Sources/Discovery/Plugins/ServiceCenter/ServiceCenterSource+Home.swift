import Registry
package import ServiceCenterWire

extension ServiceCenterSource: Home {
    /// Passes the write on to the best endpoint, and gives its answer as it came. Tried elsewhere only when it has
    /// certainly not reached that one: a write that broke off may have been done.
    package func perform(
        _ write: RegistryWrite, for caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer {
        var sent = try await send(ServiceCenterCall(write, in: caller.tenant), for: caller, as: .ours)
        let first = WriteAnswer(status: sent.status, body: sent.body)
        if case .unregisterMicroservice(let id, force: false) = write, first.member("errorCode") == "400023" {
            sent = try await remove(id, besideObservers: sent, for: caller)
        }
        var answer = WriteAnswer(status: sent.status, body: sent.body)
        if answer.status < 300 {
            answer.isTold = await tellEcho(of: write, answer, at: sent.endpoint, for: caller)
        }
        return answer
    }

    /// Never with our own credentials: accounts and roles are for those who may see to them.
    package func relay(
        _ request: RelayedRequest, for caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer? {
        let sent = try await send(ServiceCenterCall(request), for: caller, as: .none)
        return WriteAnswer(status: sent.status, body: sent.body)
    }

    func send(
        _ call: ServiceCenterCall, for caller: Caller, as credentials: UpstreamClient.Credentials
    ) async throws(ServiceCenterError) -> UpstreamClient.Answer {
        do throws(SourceFailure) {
            return try await client.send(call, for: caller, as: credentials)
        } catch {
            throw ServiceCenterError(.unavailable, "the source '\(profile.id)' \(error)")
        }
    }
}
