package import Registry

extension Microservice {
    /// The same microservice under another key, of which its body tells environment and application; itself when the
    /// key is its own.
    package func moved(to key: MicroserviceKey) -> Microservice {
        guard key != self.key else { return self }
        var changes: [JSONEdit.Member] = []
        if key.name.environment != self.key.name.environment {
            changes.append(("environment", JSONEdit.text(key.name.environment)))
        }
        if key.name.application != self.key.name.application {
            changes.append(("appId", JSONEdit.text(key.name.application)))
        }
        return Microservice(
            ref: ServiceRef(tenant: key.tenant, id: id), key: key, alias: alias, traits: traits,
            allowsCrossApplication: allowsCrossApplication,
            body: (try? JSONEdit.setting(changes, in: body)) ?? body, upstreamRevision: upstreamRevision,
            origin: origin, path: path)
    }
}
