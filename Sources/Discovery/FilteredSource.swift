package import Registry

/// A source of which not everything is seen, because its topology says so.
package protocol FilteredSource: Source {
    /// What it says of a microservice and is not seen, of `instance` alone when there is one. The microservice may be
    /// meant by its own key or by the one under which it would be seen; one that the source has not named is meant when
    /// it has the instance, and its tenant is the one of the key. Linear in the source's microservices.
    func unseen(_ subject: MicroserviceSubject, _ instance: InstanceID?) -> [UnseenMicroservice]
}
