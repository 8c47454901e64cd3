/// Which microservice somebody asks for.
package enum MicroserviceSubject: Sendable, Equatable {
    case key(MicroserviceKey)
    /// At any source, in any tenant.
    case id(ServiceID)
}
