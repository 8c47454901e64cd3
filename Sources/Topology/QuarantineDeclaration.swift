/// When a withdrawal that a read brings is held back.
package struct QuarantineDeclaration: Sendable, Equatable {
    /// Default `true`.
    package var enabled = true
    /// The part of the source's instances, or of its microservices, that must go at once, in percent. Default 80;
    /// 1…100.
    package var share = 80
    /// Of no more than so many, every withdrawal is believed. Default 5; 0…1,000,000.
    package var above = 5
    /// So many further reads, at least 10 s apart, confirm it. Default 3; 1…1,000.
    package var reads = 3
    /// The longest that anything is held. Default 10 m; 1 s…1 d.
    package var longest = Duration.seconds(600)

    /// The defaults.
    package init() {}

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        enabled = try mapping.optionalBool("enabled") ?? enabled
        share = try mapping.optionalInt("share", in: 1...100) ?? share
        above = try mapping.optionalInt("above", in: 0...1_000_000) ?? above
        reads = try mapping.optionalInt("reads", in: 1...1_000) ?? reads
        longest = try mapping.optionalDuration("longest", in: .seconds(1)...(.seconds(86_400))) ?? longest
        try mapping.finish()
    }
}
