package import Registry

/// The body of a batch find: `{"services":[{"service":{…},"rev":…}],"instances":[{"instance":{…},"rev":…}]}`.
package struct BatchQuestions: Sendable {
    package struct Provider: Sendable {
        /// Whether a provider was named at all.
        package var isThere = false
        package var environment = ""
        package var application = ""
        package var name = ""
        package var version = ""
        /// What the client has; empty when it has nothing.
        package var revision = ""
    }

    package struct Instance: Sendable {
        /// Whether an instance was named at all.
        package var isThere = false
        package var service = ServiceID("")
        package var instance = InstanceID("")
        /// What the client has; empty when it has nothing.
        package var revision = ""
    }

    package var providers: [Provider] = []
    package var instances: [Instance] = []

    /// Reads a body.
    package init(_ body: [UInt8]) throws(ServiceCenterError) {
        do throws(JSONError) {
            self = try JSONReader.read(body) { reader throws(JSONError) in try BatchQuestions(from: &reader) }
        } catch {
            throw ServiceCenterError(.invalidParameters, "Unmarshal error")
        }
    }

    private init(from reader: inout JSONReader) throws(JSONError) {
        try reader.members { reader, key throws(JSONError) in
            if reader.equals(key, "services") {
                providers = try reader.list { reader throws(JSONError) in try Provider(from: &reader) }
            } else if reader.equals(key, "instances") {
                instances = try reader.list { reader throws(JSONError) in try Instance(from: &reader) }
            } else {
                try reader.skip()
            }
        }
    }
}

extension BatchQuestions.Provider {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        try reader.members { reader, key throws(JSONError) in
            if reader.equals(key, "rev") {
                revision = try reader.string()
            } else if reader.equals(key, "service") {
                isThere = true
                try reader.members { reader, key throws(JSONError) in try readKey(key, &reader) }
            } else {
                try reader.skip()
            }
        }
    }

    private mutating func readKey(_ key: JSONReader.Text, _ reader: inout JSONReader) throws(JSONError) {
        if reader.equals(key, "environment") || reader.equals(key, "env") {
            environment = try reader.string()
        } else if reader.equals(key, "appId") {
            application = try reader.string()
        } else if reader.equals(key, "serviceName") {
            name = try reader.string()
        } else if reader.equals(key, "version") {
            version = try reader.string()
        } else {
            try reader.skip()
        }
    }
}

extension BatchQuestions.Instance {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        try reader.members { reader, key throws(JSONError) in
            if reader.equals(key, "rev") {
                revision = try reader.string()
            } else if reader.equals(key, "instance") {
                isThere = true
                (service, instance) = try reader.instanceIDs()
            } else {
                try reader.skip()
            }
        }
    }
}
