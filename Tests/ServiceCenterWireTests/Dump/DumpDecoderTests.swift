import Registry
import ServiceCenterWire
import TestSupport
import Testing

@Suite("The dump decoder", .enabled(if: Recordings.areThere, "reads ../shared"))
struct DumpDecoderTests {
    private static func entries(_ name: String, _ table: DumpTable) throws -> [JSONValue] {
        let dump = try #require(JSONValue(foundation: Recordings.data(name)))
        return dump["cache"]?[table.rawValue]?.elements ?? []
    }

    private static func delta(_ name: String) throws -> RegistryDelta {
        Dumps.delta(try Dumps.decoded([Recordings.data(name)]))
    }

    @Test("decodes every recorded microservice to what Foundation reads", arguments: Dumps.recorded)
    func microservices(name: String) throws {
        let decoded = try Self.delta(name).microservices
        let expected = try Self.entries(name, .services)
        #expect(decoded.count == expected.count)
        for (microservice, entry) in zip(decoded, expected) {
            let value = try #require(entry["value"])
            let key = microservice.key
            #expect(microservice.ref.tenant == .default)
            #expect(microservice.id.text == value["serviceId"]?.text)
            #expect(key.name.application == value["appId"]?.text)
            #expect(key.name.name == value["serviceName"]?.text)
            #expect(key.version == value["version"]?.text)
            #expect(key.name.environment == value["environment"]?.text ?? "")
            #expect(microservice.alias == value["alias"]?.text ?? "")
            #expect(microservice.traits.level == value["level"]?.text ?? "")
            #expect(microservice.traits.status == value["status"]?.text ?? "")
            #expect(microservice.traits.description == value["description"]?.text ?? "")
            #expect(microservice.allowsCrossApplication == (value["properties"]?["allowCrossApp"]?.text == "true"))
            #expect(microservice.origin == entry["cluster"]?.text)
            #expect(microservice.upstreamRevision == entry["rev"]?.number.map(Int64.init))
            #expect(JSONValue(foundation: microservice.body) == value)
        }
    }

    @Test("decodes every recorded instance to what Foundation reads", arguments: Dumps.recorded)
    func instances(name: String) throws {
        let decoded = try Self.delta(name).instances
        let expected = try Self.entries(name, .instances)
        #expect(decoded.count == expected.count)
        for (instance, entry) in zip(decoded, expected) {
            let value = try #require(entry["value"])
            let range = Int(instance.serviceIDRange.lowerBound)..<Int(instance.serviceIDRange.upperBound)
            #expect(instance.ref.service.tenant == .default)
            #expect(instance.ref.service.id.text == value["serviceId"]?.text)
            #expect(instance.id.text == value["instanceId"]?.text)
            #expect(instance.status.rawValue == value["status"]?.text)
            #expect(String(decoding: instance.body[range], as: UTF8.self) == value["serviceId"]?.text)
            #expect(instance.origin == entry["cluster"]?.text)
            #expect(instance.upstreamRevision == entry["rev"]?.number.map(Int64.init))
            #expect(JSONValue(foundation: instance.body) == value)
        }
    }

    @Test("decodes the recorded tags, rule and summary")
    func attachments() throws {
        let attachments = try Self.delta("dump-sc-1.json").attachments.sorted { $0.key < $1.key }
        #expect(
            attachments.map(\.key) == [
                .tags, .rule("225244a3e65611f1b838fa33dc6e206f"), .schemaSummary("cart.api"),
            ])
        #expect(
            attachments.map(\.service.id.text) == [
                "a2e1b672914460a33027f59aedbdece6722eb16b", "0cdfa39501cbf2fd7df726f2cc63ff5ddd14a902",
                "a2e1b672914460a33027f59aedbdece6722eb16b",
            ])
        #expect(attachments.map(\.upstreamRevision) == [40, 41, 42])
        guard case .tags(let tags) = attachments[0].content, case .rule(let rule) = attachments[1].content else {
            Issue.record("tags and a rule are decoded as something else")
            return
        }
        #expect(tags == ["gray": "true", "zone": "x"])
        #expect(rule == AccessRule(kind: .black, attribute: "ServiceName", pattern: "^web$"))
        #expect(attachments[2].body == Array(#""abc123""#.utf8))
    }

    @Test("decodes consumers' dependencies, and takes providers' ones for the repetition that they are")
    func dependencies() throws {
        let entries = try Dumps.decoded([Recordings.data("dump-sc-2.json")])
        let delta = Dumps.delta(entries)
        let name = { MicroserviceName(tenant: .default, environment: "", application: "shop", name: $0) }
        #expect(delta.dependencies.map(\.consumer) == [MicroserviceKey(name: name("web"), version: "1.0.0")])
        #expect(delta.dependencies.first?.upstreamRevision == 89)
        #expect(
            delta.dependencies.first?.providers == [
                ProviderRule(name: name("orders"), version: "latest"), ProviderRule(name: name("cart"), version: "0+"),
                ProviderRule(name: name("recommend"), version: "0+"),
            ])
        #expect(entries.count - delta.changeCount == 3)
    }

    @Test("decodes every entry of the large dumps", arguments: Dumps.large)
    func large(name: String) throws {
        let delta = Dumps.delta(try Dumps.decoded([Dumps.unpacked(name)]))
        let counts = name.contains("sc-1") ? (1_001, 10_001) : (801, 4_001)
        #expect((delta.microservices.count, delta.instances.count) == counts)
        #expect(Set(delta.instances.map(\.ref)).count == counts.1)
    }
}
