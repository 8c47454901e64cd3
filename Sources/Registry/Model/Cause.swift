/// Why what is served has changed.
package enum Cause: String, Sendable, CaseIterable {
    /// A read of the source found it.
    case read
    /// The source told it between two reads, and did not say why.
    case told
    /// Somebody wrote it.
    case write
    /// A lease ended.
    case expiry
    /// It was kept over a restart.
    case restored
    /// It was held back, and is believed now: confirmed, overdue, or an operator's wish.
    case released
    /// The worth of the source's word changed with the age of its data.
    case standing
    /// The source is declared no more.
    case retired
    /// The topology declares another order of the sources, or another merge policy.
    case reordered
}
