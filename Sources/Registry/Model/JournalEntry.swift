/// One thing that has happened, as the journal keeps it.
package struct JournalEntry: Sendable, Equatable {
    package enum Event: Sendable, Equatable {
        /// One visible instance has changed.
        case change(VisibleChange.Action, Cause, microservice: MicroserviceKey, id: ServiceID, instance: InstanceID)
        /// A source spoke for the first time in a run, and made so many changes visible at once: no news, mostly.
        case firstWord(Cause, changes: Int)
        /// A source does otherwise: the states before and after, and the reason; empty where there is none.
        case transition(from: String, to: String, reason: String)
        /// More happened than could be followed: the entries since this revision are missing.
        case gap(since: Revision)
    }

    /// Grows with each entry, over restarts too; 0 until it is kept.
    package var number: Int64 = 0
    package let at: UnixTime
    /// The revision that the change made, or at which it was seen.
    package let revision: Revision
    /// Whose word it is; nil for a gap.
    package let source: SourceID?
    package let event: Event
    /// The JSON of an instance as it was last, kept with its DELETE; nil for all else, and in an entry of a file that
    /// was written before that was kept.
    package let lastBody: [UInt8]?

    package init(at: UnixTime, revision: Revision, source: SourceID?, event: Event, lastBody: [UInt8]? = nil) {
        self.at = at
        self.revision = revision
        self.source = source
        self.event = event
        self.lastBody = lastBody
    }
}

/// Which entries of the journal are asked for; nil for any.
package struct JournalQuery: Sendable, Equatable {
    /// At most so many, the newest first.
    package var limit: Int
    /// Older than the entry of this number.
    package var before: Int64?
    package var source: String?
    /// A microservice's name, or its ID.
    package var service: String?
    package var instance: String?

    package init(limit: Int) { self.limit = limit }
}
