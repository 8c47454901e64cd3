package import Topology

/// What a `local` source may declare. Defaults: service-center's own quotas.
package struct LocalSettings: Sendable, Equatable {
    /// The most instances that it takes.
    package var instances = 150_000
    /// The most microservices that it takes.
    package var microservices = 50_000
    /// The most bytes of a body that registers an instance.
    package var instanceBytes = 5 << 10
    /// The most bytes of a body that changes properties.
    package var propertiesBytes = 3 << 10
    /// How long a lease lasts at least after a restart, unless its whole length is less.
    package var grace = Duration.seconds(60)

    package init() {}

    package init(_ declaration: SourceDeclaration) throws(TopologyError) {
        var settings = declaration.settings
        let range = 1...10_000_000
        instances = try settings.optionalInt("instances", in: range) ?? instances
        microservices = try settings.optionalInt("microservices", in: range) ?? microservices
        let sizes = (1 << 10)...(64 << 20)
        instanceBytes = try settings.optionalByteSize("instanceBytes", in: sizes) ?? instanceBytes
        propertiesBytes = try settings.optionalByteSize("propertiesBytes", in: sizes) ?? propertiesBytes
        grace = try settings.optionalDuration("grace", in: .zero...(.seconds(3_600))) ?? grace
        try settings.finish()
    }
}
