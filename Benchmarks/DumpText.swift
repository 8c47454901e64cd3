import Registry
import ServiceCenterWire

/// A dump as a service-center of some size gives it: 10 instances a microservice, about 600 bytes an instance.
struct DumpText {
    /// Tells the sources apart: they have no instance in common, and half of their microservices.
    let source: Int
    let instances: Int
    /// Further microservices, `sized-N` with N instances each, which never change.
    var sizes: [Int] = []

    /// The dump; `variant` changes one instance in a hundred.
    func render(variant: Int) -> [UInt8] {
        var writer = JSONWriter(reserving: instances * 850)
        let services = max(1, instances / 10)
        writer.beginObject()
        writer.key("cache")
        writer.beginObject()
        writer.key("services")
        writer.beginArray()
        for number in 0..<services { service(name(number), revision: number + 1, &writer) }
        for size in sizes { service("sized-\(size)", revision: size, &writer) }
        writer.endArray()
        writer.key("instances")
        writer.beginArray()
        for number in 0..<instances {
            instance(number, of: name(number / 10 % services), number % 100 == 0 ? variant : 0, &writer)
        }
        for size in sizes {
            for number in 0..<size { instance(number + 1_000_000 * size, of: "sized-\(size)", 0, &writer) }
        }
        writer.endArray()
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// Even microservices exist in every source, odd ones in this one alone.
    func name(_ number: Int) -> String { number % 2 == 0 ? "shared-\(number)" : "own-\(source)-\(number)" }

    /// The ID of a microservice.
    func id(_ name: String) -> String { hexadecimal("service \(name)", count: 40) }

    private func service(_ name: String, revision: Int, _ writer: inout JSONWriter) {
        let id = id(name)
        entry(&writer, key: "/cse-sr/ms/files/default/default/\(id)", revision: revision) { writer in
            writer.beginObject()
            writer.member("serviceId", id)
            writer.member("appId", "shop")
            writer.member("serviceName", name)
            writer.member("version", "1.0.0")
            writer.member("level", "BACK")
            writer.member("status", "UP")
            writer.member("timestamp", "1795340001")
            writer.member("modTimestamp", "1795340001")
            writer.endObject()
        }
    }

    /// The frame that tells of the first instance of a microservice, stamped now.
    func update(of microservice: Int, number: Int, padding: String) -> String {
        let name = name(microservice)
        return #"{"response":{"message":"Watch instance successfully."},"action":"UPDATE","key":{"#
            + #""tenant":"default/default","appId":"shop","serviceName":"\#(name)","version":"1.0.0"},"instance":{"#
            + #""instanceId":"\#(hexadecimal("instance \(source) \(microservice * 10)", count: 32))","#
            + #""serviceId":"\#(id(name))","endpoints":["rest://10.0.0.1:8080"],"hostName":"host","status":"UP","#
            + #""properties":{"padding":"\#(padding)","stamp":"\#(microservice),\#(number),\#(monotonic())"},"#
            + #""healthCheck":{"mode":"push","interval":30,"times":3},"timestamp":"1795340001","version":"1.0.0"}}"#
    }

    private func instance(_ number: Int, of service: String, _ variant: Int, _ writer: inout JSONWriter) {
        let (id, serviceID) = (hexadecimal("instance \(source) \(number)", count: 32), id(service))
        let key = "/cse-sr/inst/files/default/default/\(serviceID)/\(id)"
        entry(&writer, key: key, revision: number + 1 + variant) { writer in
            writer.beginObject()
            writer.member("instanceId", id)
            writer.member("serviceId", serviceID)
            writer.key("endpoints")
            let address = "\(10 + source).\(number / 62_500).\(number / 250 % 250).\(number % 250 + 1)"
            writer.strings(["rest://\(address):8080?sslEnabled=false", "highway://\(address):7070?login=true"])
            writer.member("hostName", "host-\(source)-\(number).region-\(source).example.internal")
            writer.member("status", "UP")
            writer.key("properties")
            writer.beginObject()
            writer.member("build", "2026.11.\(variant)")
            writer.member("engine", "java-chassis-3.2.1")
            writer.member("weight", "100")
            writer.endObject()
            writer.key("healthCheck")
            writer.beginObject()
            writer.member("mode", "push")
            writer.member("interval", 30)
            writer.member("times", 3)
            writer.endObject()
            writer.member("timestamp", "1795340001")
            writer.key("dataCenterInfo")
            writer.beginObject()
            writer.member("name", "dc-\(source)")
            writer.member("region", "region-\(source)")
            writer.member("availableZone", "az-\(number % 3)")
            writer.endObject()
            writer.member("modTimestamp", "1795340001")
            writer.member("version", "1.0.0")
            writer.endObject()
        }
    }

    private func entry(
        _ writer: inout JSONWriter, key: String, revision: Int, _ value: (inout JSONWriter) -> Void
    ) {
        writer.beginObject()
        writer.member("key", key)
        writer.member("rev", revision)
        writer.member("cluster", "sc-\(source)")
        writer.key("value")
        value(&writer)
        writer.endObject()
    }

    private func hexadecimal(_ text: String, count: Int) -> String {
        String((Digest(of: text).hex + Digest(of: text, seed: 1).hex).prefix(count))
    }
}
