package import Registry
package import ServiceCenterWire

extension ServiceCenterSource: Home {
    package nonisolated var tellsWritesAtOnce: Bool { false }

    /// Passes the write on to the endpoint that answered last, and gives its answer as it came. Never tried elsewhere:
    /// a write that broke off may have been done.
    package func perform(
        _ write: RegistryWrite, in tenant: Tenant
    ) async throws(ServiceCenterError) -> WriteAnswer {
        do throws(SourceFailure) {
            let (status, body) = try await client.send(ServiceCenterCall(write, in: tenant), tenant, at: preferred)
            return WriteAnswer(status: status, body: body)
        } catch {
            throw ServiceCenterError(.unavailable, "the home \(profile.id) \(error)")
        }
    }
}
