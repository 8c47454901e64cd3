import Discovery

/// When notes are written to disk: once a second, and less often while the disk fails.
struct Upkeep {
    private static let pauses = (first: Duration.seconds(1), longest: Duration.seconds(60))

    let clock: any Timekeeper
    /// Told when the disk begins to fail, and with nil when it works again.
    let report: @Sendable (StateFailure?) -> Void

    /// Writes again and again until the task ends, and then once more.
    func run(_ write: @Sendable () async throws(StateFailure) -> Void) async {
        var pause = Upkeep.pauses.first
        var isFailing = false
        while true {
            try? await clock.sleep(for: pause)
            let isLast = Task.isCancelled
            var failure: StateFailure?
            do throws(StateFailure) { try await write() } catch { failure = error }
            pause = failure == nil ? Upkeep.pauses.first : min(pause * 2, Upkeep.pauses.longest)
            if isFailing != (failure != nil) { report(failure) }
            isFailing = failure != nil
            if isLast { return }
        }
    }
}
