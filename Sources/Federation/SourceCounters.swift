import Discovery
package import Registry
import Locks

/// What was counted of each source since the process began.
package final class SourceCounters: Sendable {
    package struct Tally: Sendable {
        /// Reads by result: `ok`, or the label of a failure.
        package var reads: [String: Int] = [:]
        package var readDuration = Histogram(bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])
        package var wireBytes = 0
        package var bodyBytes = 0
        package var entries = 0
        package var decodedEntries = 0
        /// Changes of instances that a read found, though they should have been heard.
        package var missedChanges = 0
        /// Visible changes of instances by action.
        package var changes: [VisibleChange.Action: Int] = [:]

        /// Transitions by name.
        package var transitions: [String: Int] = [:]

        /// Heartbeats that were answered while the source was away.
        package var absorbedHeartbeats = 0

        package init() {}
    }

    private let tallies = Mutex<[SourceID: Tally]>([:])

    package init() {}

    /// What was counted so far; a source that was never counted is absent.
    package var snapshot: [SourceID: Tally] { tallies.withLock { $0 } }

    func succeeded(_ source: SourceID, _ reading: SourceReading, took: Duration) {
        tallies.withLock { tallies in
            var tally = tallies[source] ?? Tally()
            tally.reads["ok", default: 0] += 1
            tally.readDuration.observe(took.seconds)
            tally.wireBytes += reading.wireBytes
            tally.bodyBytes += reading.bodyBytes
            tally.entries += reading.entries
            tally.decodedEntries += reading.decoded
            tally.missedChanges += reading.missedChanges
            tallies[source] = tally
        }
    }

    func failed(_ source: SourceID, _ reason: SourceFailure, took: Duration) {
        tallies.withLock { tallies in
            tallies[source, default: Tally()].reads[reason.label, default: 0] += 1
            tallies[source, default: Tally()].readDuration.observe(took.seconds)
        }
    }

    /// Counts a heartbeat that was answered in the place of a source that is away.
    package func absorbed(_ source: SourceID) {
        tallies.withLock { $0[source, default: Tally()].absorbedHeartbeats += 1 }
    }

    /// Forgets what was counted of a source.
    func forget(_ source: SourceID) { tallies.withLock { $0[source] = nil } }

    /// Counts a transition.
    func entered(_ source: SourceID, _ transition: SourceLifecycle.Transition) {
        tallies.withLock { $0[source, default: Tally()].transitions[transition.name, default: 0] += 1 }
    }

    /// Counts what became visible by a source's word.
    func changed(_ source: SourceID, _ outcome: MergeOutcome) {
        guard !outcome.instances.isEmpty else { return }
        tallies.withLock { tallies in
            var tally = tallies[source] ?? Tally()
            for change in outcome.instances { tally.changes[change.action, default: 0] += 1 }
            tallies[source] = tally
        }
    }
}
