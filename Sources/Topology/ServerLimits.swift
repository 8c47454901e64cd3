/// What the server bounds, so that clients cannot exhaust it.
package struct ServerLimits: Sendable, Equatable {
    /// Client connections at one time. Default 20,000; 1…1,000,000.
    package var connections = 20_000
    /// Watches at one time. Default 10,000; 1…1,000,000.
    package var watchers = 10_000
    /// The longest request body, in bytes. Default 2 MiB; 1 KiB…64 MiB.
    package var bodyBytes = 2 << 20
    /// The longest request head, in bytes. Default 32 KiB; 1 KiB…64 KiB (the parser takes
    /// no more than 80 KiB).
    package var headerBytes = 32 << 10
    /// How many changes the event log remembers. Default 65,536; 1,024…16,777,216.
    package var eventLogChanges = 65_536
    /// How many entries the journal has. Default 100,000; 100…100,000,000.
    package var journalEntries = 100_000
    /// Requests that wait for the home or another source at one time. Default 4,096; 1…1,000,000.
    package var waitingRequests = 4_096
    /// What answers may take that clients are slow to read, in bytes. Default 256 MiB; 64 KiB…64 GiB.
    package var waitingBytes = 256 << 20
    /// What answers may take that are kept to be given again, in bytes. Default 256 MiB; 64 KiB…64 GiB.
    package var keptAnswerBytes = 256 << 20

    /// How long a watcher may take no byte while there is something for it. Default 60 s; 1 s…1 h.
    package var watchStall = Duration.seconds(60)
    /// How long it is remembered how far a consumer's watch had come when it ended. Default 2 m; 0 s…1 h.
    package var watchReturn = Duration.seconds(120)

    /// The defaults.
    package init() {}

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        connections = try mapping.optionalInt("connections", in: 1...1_000_000) ?? connections
        watchers = try mapping.optionalInt("watchers", in: 1...1_000_000) ?? watchers
        bodyBytes = try mapping.optionalByteSize("bodyBytes", in: (1 << 10)...(64 << 20)) ?? bodyBytes
        headerBytes = try mapping.optionalByteSize("headerBytes", in: (1 << 10)...(64 << 10)) ?? headerBytes
        eventLogChanges = try mapping.optionalInt("eventLogChanges", in: 1_024...16_777_216) ?? eventLogChanges
        journalEntries = try mapping.optionalInt("journalEntries", in: 100...100_000_000) ?? journalEntries
        waitingRequests = try mapping.optionalInt("waitingRequests", in: 1...1_000_000) ?? waitingRequests
        waitingBytes = try mapping.optionalByteSize("waitingBytes", in: (64 << 10)...(64 << 30)) ?? waitingBytes
        keptAnswerBytes =
            try mapping.optionalByteSize("keptAnswerBytes", in: (64 << 10)...(64 << 30)) ?? keptAnswerBytes
        watchStall = try mapping.optionalDuration("watchStall", in: .seconds(1) ... .seconds(3_600)) ?? watchStall
        watchReturn = try mapping.optionalDuration("watchReturn", in: .zero ... .seconds(3_600)) ?? watchReturn
        try mapping.finish()
    }
}
