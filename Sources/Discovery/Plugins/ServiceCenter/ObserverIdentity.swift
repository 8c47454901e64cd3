import Registry
import ServiceCenterWire

/// The microservice as which we watch an upstream. Any number of aggregators share it.
enum ObserverIdentity {
    private static let application = "mainstem"
    private static let name = "observer"

    /// Whether a microservice is the observer of anybody, in any part and version.
    static func isObserver(_ key: MicroserviceName) -> Bool { isObserver(application: key.application, name: key.name) }

    /// The same by the parts of its name.
    static func isObserver(application: String, name: String) -> Bool {
        application == self.application && name == self.name
    }

    /// What registers it in an environment: `{"service":{…}}`.
    static func registration(in environment: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("service")
        write(to: &writer, in: environment)
        writer.endObject()
        return writer.bytes
    }

    /// What makes it depend on everything in an environment.
    /// Rule: a provider that is everything has no application: service-center refuses one with `*`.
    static func dependency(in environment: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("dependencies")
        writer.beginArray()
        writer.beginObject()
        writer.key("consumer")
        write(to: &writer, in: environment)
        writer.key("providers")
        writer.beginArray()
        writer.beginObject()
        writer.member("serviceName", "*")
        writer.member("environment", ifPresent: environment)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(to writer: inout JSONWriter, in environment: String) {
        writer.beginObject()
        writer.member("appId", application)
        writer.member("serviceName", name)
        writer.member("version", "1.0.0")
        writer.member("environment", ifPresent: environment)
        writer.endObject()
    }
}
