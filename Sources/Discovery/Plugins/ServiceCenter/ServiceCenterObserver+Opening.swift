import Registry
import ServiceCenterWire
import Topology

/// What has to be done at an upstream before it tells what happens in one of its parts.
extension ServiceCenterObserver {
    /// Opens the watch of everything, behind a cursor unless that is empty; who is no Mainstem refuses it. Or registers
    /// the observer, makes it depend on everything, and opens its watch, all at one endpoint. Each of it may be done
    /// any number of times.
    func open(
        _ part: ObservedPart, after cursor: String = "", at endpoint: Int
    ) async throws(WatchPlan.End) -> WebSocketConnection {
        switch part {
        case .everything:
            return try await watch { () async throws(WebSocketClient.Failure) in
                try await client.openExtendedWatch(after: cursor, at: endpoint)
            }
        case .environment(let environment, let tenant):
            let registration = RegistryWrite.registerMicroservice(body: ObserverIdentity.registration(in: environment))
            guard let observer = try await write(registration, in: tenant, at: endpoint).member("serviceId") else {
                throw .broken("registering the observer: the answer has no serviceId")
            }
            let dependency = ObserverIdentity.dependency(in: environment)
            _ = try await write(.declareDependencies(body: dependency, isWhole: true), in: tenant, at: endpoint)
            return try await watch { () async throws(WebSocketClient.Failure) in
                try await client.openWatch(of: ServiceID(observer), in: tenant, at: endpoint)
            }
        }
    }

    private func watch(
        _ open: () async throws(WebSocketClient.Failure) -> WebSocketConnection
    ) async throws(WatchPlan.End) -> WebSocketConnection {
        do throws(WebSocketClient.Failure) {
            return try await open()
        } catch {
            if case .refused(let status, _) = error, ServiceCenterObserver.isRefusal(status) {
                throw .refused(client.redacted("\(error)"))
            }
            throw .broken(client.redacted("\(error)"))
        }
    }

    private func write(
        _ write: RegistryWrite, in tenant: Tenant, at endpoint: Int
    ) async throws(WatchPlan.End) -> WriteAnswer {
        let sent: UpstreamClient.Answer
        do throws(SourceFailure) {
            let call = ServiceCenterCall(write, in: tenant)
            sent = try await client.send(call, for: Caller(tenant: tenant), at: endpoint)
        } catch {
            throw .broken("\(error)")
        }
        let (status, body) = (sent.status, sent.body)
        guard status == 200 else {
            let line = body.prefix(200).split(whereSeparator: { $0 < 0x20 }).first ?? []
            let reason = "the observer is refused with status \(status): \(String(decoding: line, as: UTF8.self))"
            throw ServiceCenterObserver.isRefusal(status) ? .refused(reason) : .broken(reason)
        }
        return WriteAnswer(status: status, body: body)
    }

    /// Whether asking again soon would bring the same answer.
    private static func isRefusal(_ status: Int) -> Bool { status < 500 && status != 429 && status != 408 }
}
