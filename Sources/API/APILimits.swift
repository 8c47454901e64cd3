/// What one client and all clients together may take.
package struct APILimits: Sendable, Equatable {
    /// Connections at once; one more is closed.
    package var connections: Int
    /// Watches at once; one more is answered 503.
    package var watchers: Int
    package var bodyBytes: Int
    package var headerBytes: Int
    /// Requests that wait for the home or another source at once; one more is answered 429.
    package var waitingRequests: Int
    /// Bytes of answers that clients were slow to take; while there are more, requests are answered 429.
    package var waitingBytes: Int
    /// What answers may take that are kept to be given again, all event loops together.
    package var keptBytes: Int
    /// How long a watcher may take no byte while there is something for it.
    package var watchStall: Duration
    /// How long it is remembered how far a consumer's watch had come, once it has ended.
    package var watchReturn: Duration

    package init(
        connections: Int, watchers: Int, bodyBytes: Int, headerBytes: Int, waitingRequests: Int = 4_096,
        waitingBytes: Int = 256 << 20, keptBytes: Int = 256 << 20,
        watchStall: Duration = .seconds(60), watchReturn: Duration = .seconds(120)
    ) {
        self.connections = connections
        self.watchers = watchers
        self.bodyBytes = bodyBytes
        self.headerBytes = headerBytes
        self.waitingRequests = waitingRequests
        self.waitingBytes = waitingBytes
        self.keptBytes = keptBytes
        self.watchStall = watchStall
        self.watchReturn = watchReturn
    }
}
