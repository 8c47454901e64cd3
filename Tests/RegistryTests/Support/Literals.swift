import Registry

// So that tests can write IDs down as what they are: text.

extension SourceID: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text) }
}

extension ServiceID: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text) }
}

extension InstanceID: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text) }
}

extension Tenant: ExpressibleByStringLiteral {
    /// `domain/project`.
    package init(stringLiteral text: String) {
        let parts = text.split(separator: "/")
        self.init(domain: String(parts[0]), project: String(parts[1]))
    }
}

/// `environment/application/name/version`, as `description` writes it; of the default tenant.
extension MicroserviceKey: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        self.init(
            name: MicroserviceName(tenant: .default, environment: parts[0], application: parts[1], name: parts[2]),
            version: parts[3])
    }
}

/// `environment/application/name`; of the default tenant.
extension MicroserviceName: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        self.init(tenant: .default, environment: parts[0], application: parts[1], name: parts[2])
    }
}
