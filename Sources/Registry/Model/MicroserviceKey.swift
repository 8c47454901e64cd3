/// What a consumer asks for, whatever the version: a microservice's key without its version.
package struct MicroserviceName: Hashable, Sendable, Comparable {
    package var tenant: Tenant
    /// Empty when none was declared.
    package var environment: String
    package var application: String
    package var name: String

    package init(tenant: Tenant, environment: String, application: String, name: String) {
        self.tenant = tenant
        self.environment = environment
        self.application = application
        self.name = name
    }

    package static func < (left: MicroserviceName, right: MicroserviceName) -> Bool {
        if left.tenant != right.tenant { return left.tenant < right.tenant }
        return (left.environment, left.application, left.name) < (right.environment, right.application, right.name)
    }
}

/// The identity of a microservice across all sources: tenant, environment, application, name and version.
package struct MicroserviceKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var name: MicroserviceName
    /// `x[.y[.z]]`, as registered: `3` and `3.0` are different keys.
    package var version: String

    package init(name: MicroserviceName, version: String) {
        self.name = name
        self.version = version
    }

    package var tenant: Tenant { name.tenant }

    /// `environment/application/name/version`, as service-center's error details write a key.
    package var description: String { "\(name.environment)/\(name.application)/\(name.name)/\(version)" }

    package static func < (left: MicroserviceKey, right: MicroserviceKey) -> Bool {
        if left.name != right.name { return left.name < right.name }
        return left.version < right.version
    }
}
