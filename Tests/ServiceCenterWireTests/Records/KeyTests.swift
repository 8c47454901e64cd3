import Registry
import ServiceCenterWire
import Testing

@Suite("A microservice's key")
struct KeyTests {
    @Test("is written with the members of service-center's, in its order")
    func members() {
        let name = MicroserviceName(tenant: .default, environment: "production", application: "a", name: "n")
        var writer = JSONWriter()
        writer.key(object: MicroserviceKey(name: name, version: "1"), alias: "x")
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"tenant":"default/default","appId":"a","serviceName":"n","version":"1","#
                + #""environment":"production","alias":"x"}"#)
    }
}
