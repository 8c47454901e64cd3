package import Registry

/// The body of a batch find: `{"services":[{"service":{…},"rev":…}],"instances":[{"instance":{…},"rev":…}]}`.
package struct BatchQuestions: Sendable {
    package struct Provider: Sendable {
        package var environment = ""
        package var application = ""
        package var name = ""
        package var version = ""
        /// What the client has; empty when it has nothing.
        package var revision = ""
    }

    package struct Instance: Sendable {
        package var service = ServiceID("")
        package var instance = InstanceID("")
        /// What the client has; empty when it has nothing.
        package var revision = ""
    }

    package var providers: [Provider] = []
    package var instances: [Instance] = []

    /// Reads a body; an empty one asks nothing.
    package init(_ body: [UInt8]) throws(ServiceCenterError) {
        guard !body.isEmpty else { return }
        do throws(JSONError) {
            self = try JSONReader.read(body) { reader throws(JSONError) in try BatchQuestions(from: &reader) }
        } catch {
            throw ServiceCenterError(.invalidParameters, "Unmarshal error")
        }
    }

    private init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.null() { continue }
            if reader.equals(key, "services") {
                try reader.beginArray()
                while try reader.nextElement() { providers.append(try Provider(from: &reader)) }
            } else if reader.equals(key, "instances") {
                try reader.beginArray()
                while try reader.nextElement() { instances.append(try Instance(from: &reader)) }
            } else {
                try reader.skip()
            }
        }
    }
}

extension BatchQuestions.Provider {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.equals(key, "rev") {
                revision = try reader.string()
            } else if reader.equals(key, "service") {
                try readKey(&reader)
            } else {
                try reader.skip()
            }
        }
    }

    private mutating func readKey(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.equals(key, "env") {
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
}

extension BatchQuestions.Instance {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.equals(key, "rev") {
                revision = try reader.string()
            } else if reader.equals(key, "instance") {
                let named = try reader.stringMap()
                service = ServiceID(named["serviceId"] ?? "")
                instance = InstanceID(named["instanceId"] ?? "")
            } else {
                try reader.skip()
            }
        }
    }
}
