package import Registry

/// What a source tells beside its reads.
package enum SourceNews: Sendable {
    /// Something changed.
    case delta(RegistryDelta)
    /// Changes are heard in another way from now on.
    case observation(Observation)
    /// Something may have changed that only a read can tell.
    case readSoon
}
