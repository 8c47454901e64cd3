/// How one endpoint of a source does, as shown to operators.
package struct EndpointStatus: Sendable {
    package enum State: String, Sendable {
        /// Was not asked yet.
        case unknown
        /// Answered the last time it was asked.
        case healthy
        /// Did not answer, or not as it should, the last time it was asked.
        case failing
    }

    /// As text, like `http://10.0.0.1:30100`.
    package let endpoint: String
    package var state = State.unknown
    /// From 0 to 1: how it compares with the source's other endpoints, of which the best one is asked first.
    package var score = 1.0
    /// Since it answered last.
    package var consecutiveFailures = 0
    package var lastFailure: (at: UnixTime, reason: String)?

    package init(_ endpoint: String) { self.endpoint = endpoint }
}
