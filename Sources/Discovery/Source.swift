package import Registry

/// One upstream, as a plugin reads it. A source knows of no other source, and nothing of what is merged.
///
/// Obligations:
/// * **Whole or nothing.** `read` throws rather than report a part. After a failure the next success reports the
///   difference to the last success.
/// * **Exact.** Everything that is told, in the order in which it is told, adds up to what the upstream holds. An entry
///   that did not change is not told. What a read brings does not undo what was told since the read began.
/// * **Own IDs.** What is reported carries the upstream's own IDs; translating them is the merge's work.
/// * **Patient.** `read` ends within the source's time, and at once when its task is cancelled.
package protocol Source: Sendable {
    /// What is known of it without asking it.
    var profile: SourceProfile { get }

    /// How its endpoints do, in the order of the profile.
    var endpoints: [EndpointStatus] { get }

    /// How much of it is kept out of sight; nil where everything is seen.
    var filtered: FilteredCounts? { get }

    /// Why the file of its token or password cannot be read any more, while what was read of it before is used; nil
    /// while it can, and where there is none. Blocks for a moment.
    var secretFault: String? { get }

    /// Gives what the source kept over a restart of the process, in the moment before it is read for the first time.
    /// Throws what an operator has to mend before anything can be served.
    func restore() async throws(StateFailure) -> RegistryDelta

    /// The same in the place of a source that has ended, of which it may take over what that one kept.
    func restore(after former: any Source) async throws(StateFailure) -> RegistryDelta

    /// Lets go of everything that it keeps open, once nobody reads or follows it any more. Nothing is asked of it
    /// afterwards, and what is asked all the same is refused.
    func end() async

    /// Reads everything that the upstream holds, and tells the difference to what was told before, at most once and
    /// before it returns. Called by one caller at a time.
    func read(_ tell: @Sendable (RegistryDelta) -> Void) async throws(SourceFailure) -> SourceReading

    /// Tells what changes between reads as it happens, until its task is cancelled. `tell` takes a delta in before it
    /// returns: who saw the call return sees the change. A source that has nothing to tell returns at once. When it
    /// returns, it has let go of `tell`.
    func follow(_ tell: @escaping @Sendable (SourceNews) -> Void) async
}

extension Source {
    package var endpoints: [EndpointStatus] { profile.endpoints.map { EndpointStatus($0) } }
    package var filtered: FilteredCounts? { nil }
    package var secretFault: String? { nil }
    package func restore() async throws(StateFailure) -> RegistryDelta { RegistryDelta() }
    package func restore(after former: any Source) async throws(StateFailure) -> RegistryDelta {
        try await restore()
    }
    package func end() async {}
    package func follow(_ tell: @escaping @Sendable (SourceNews) -> Void) async {}
}

/// What a source is, apart from what it says.
package struct SourceProfile: Sendable {
    package let id: SourceID
    /// The plugin's name.
    package let plugin: String
    /// Where it is read, as an operator would recognise it; empty for a source inside the process.
    package let endpoints: [String]
    /// Where it stands; nil when its topology does not say.
    package let location: Location?
    /// How long after one read the next one begins.
    package let interval: Duration
    /// The most that this pause may grow to while nothing changes, or while reads take long.
    package let maxInterval: Duration
    /// How it is seen: what was kept of it is of use only where it is seen in the same way.
    package var lens = ""
    /// Whether it keeps what it says over a restart by itself; otherwise that is done for it.
    package let keepsItself: Bool

    /// Without a `maxInterval` the interval is fixed.
    package init(
        id: SourceID, plugin: String, endpoints: [String], location: Location? = nil, interval: Duration,
        maxInterval: Duration? = nil, keepsItself: Bool = false
    ) {
        self.id = id
        self.plugin = plugin
        self.endpoints = endpoints
        self.location = location
        self.interval = interval
        self.keepsItself = keepsItself
        self.maxInterval = maxInterval ?? interval
    }
}

/// How one successful read went.
package struct SourceReading: Sendable {
    /// What the upstream calls itself; nil when it does not say.
    package var upstreamName: String?
    /// Bytes on the wire, and after decompression.
    package var wireBytes = 0
    package var bodyBytes = 0
    /// Entries in the answer, and how many of them had to be decoded.
    package var entries = 0
    package var decoded = 0
    /// Changes of instances that should have been heard before, and were not.
    package var missedChanges = 0

    package init() {}
}
