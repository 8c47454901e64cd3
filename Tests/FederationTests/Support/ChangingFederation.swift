import Discovery
import Federation
import Foundation
import Locks
import Registry
import TestSupport

/// A federation with a state directory that a test changes while it runs.
final class ChangingFederation: Sendable {
    let directory: TemporaryDirectory
    let log = LogRecorder()
    let time = ManualTime()
    private let service = Mutex<FederationService?>(nil)

    init() throws { directory = try TemporaryDirectory() }

    /// Runs a test beside a service over these sources, from its start to its end. Without time nothing is written, and
    /// no source is read a second time.
    func run(
        _ sources: [any Source], home: (any Home)? = nil, policies: [SourceID: SourcePolicy] = [:],
        isTimePassing: Bool = true,
        _ test: (FederationService, ManualTime) async throws -> Void
    ) async throws {
        let service = FederationService(
            sources: sources, policies: policies, home: home, epoch: 7, logCapacity: 1_000,
            state: StateDirectory(directory.path), clock: time, logger: log.logger)
        self.service.withLock { $0 = service }
        try await service.restore()
        try await withThrowingTaskGroup { group in
            group.addTask { await service.run() }
            group.addTask { [time] in
                while isTimePassing, !Task.isCancelled {
                    time.advance(by: .milliseconds(100))
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            try await test(service, time)
            group.cancelAll()
        }
    }

    private var registry: FederatedRegistry? { service.withLock { $0?.registry } }

    /// The files in the state directory.
    var files: Set<String> { Set((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []) }

    func until(_ what: String, _ fits: (RegistryView) -> Bool) async throws {
        try await eventually(what) { self.registry.map { fits($0.view) } ?? false }
    }

    /// Every change of an instance since then, as `action id`.
    func events(after revision: Revision) -> [String] {
        batches(after: revision).flatMap { $0.changes.map { "\($0.action) \($0.instance.id)" } }
    }

    /// Why anything that somebody sees changed since then.
    func causes(after revision: Revision) -> [Cause] { batches(after: revision).map(\.cause) }

    private func batches(after revision: Revision) -> [EventBatch] {
        guard case .batches(let batches)? = registry?.history(after: revision) else { return [] }
        return Array(batches)
    }
}
