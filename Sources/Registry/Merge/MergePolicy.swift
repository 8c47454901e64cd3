/// Whose word on an instance is seen that several sources know.
package enum MergePolicy: String, Sendable, CaseIterable {
    /// The strongest source's.
    case precedence
    /// The one that was changed last, or first; among equals, and where it does not say when, the strongest source's.
    case newest, oldest
    /// The strongest source's, with the endpoints and properties that it lacks and others have.
    case union
}
