import HashTreeCollections
import Registry
import ServiceCenterWire
import TestSupport

@testable import Discovery

/// Makes up writes, most of which make sense for what a registry holds.
struct RandomWriter {
    static let kindCount = 16
    /// Which kinds were made so far.
    private(set) var kinds: Set<Int> = []

    mutating func next(_ registry: LocalRegistry, _ generator: inout SeededGenerator) -> RegistryWrite {
        let kind = Int.random(in: 0..<RandomWriter.kindCount, using: &generator)
        kinds.insert(kind)
        let number = Int.random(in: 0..<6, using: &generator)
        let refs = registry.holdings.keys.sorted { $0.id < $1.id }
        guard let ref = refs.randomElement(using: &generator), kind > 1 else {
            let name = ["plain", #"with "quotes""#, "ünï"][number % 3]
            return .registerMicroservice(
                body: Bodies.text(
                    #"{"service":{"serviceId":"\#(number)/x","appId":"shop","serviceName":"s\#(number)","#
                        + #""description":\#(Bodies.quoted(name)),"alias":"a\#(number)"}}"#))
        }
        let instance =
            registry.holdings[ref]?.instances.keys.sorted().randomElement(using: &generator) ?? InstanceID("none")
        let rule = registry.holdings[ref]?.rules.keys.sorted().randomElement(using: &generator) ?? "none"
        return switch kind {
        case 2: .unregisterMicroservice(ref.id, force: number > 3)
        case 3: .changeMicroserviceProperties(ref.id, body: Bodies.text(#"{"properties":{"p":"\#(number)"}}"#))
        case 4, 5: .registerInstance(ref.id, body: Bodies.instance("n\(number)"))
        case 6: .unregisterInstance(ref.id, instance)
        case 7: .changeStatus(ref.id, instance, status: ["UP", "DOWN", "TESTING"][number % 3])
        case 8: .putSchema(ref.id, schema: "s\(number)", body: Bodies.text(#"{"schema":"t","summary":"\#(number)"}"#))
        case 9: .deleteSchema(ref.id, schema: "s\(number)")
        case 10: .addTags(ref.id, body: Bodies.text(#"{"tags":{"t\#(number)":"v"}}"#))
        case 11:
            .addRules(
                ref.id,
                body: Bodies.text(#"{"rules":[\#(Bodies.rule("a\(number)")),\#(Bodies.rule("b\(number)"))]}"#))
        case 12: .updateRule(ref.id, rule: rule, body: Bodies.text(Bodies.rule("c\(number)")))
        case 13: .deleteRules(ref.id, rules: [rule])
        case 14: .changeStatuses(having: [:], status: ["UP", "DOWN", "TESTING"][number % 3])
        default:
            .declareDependencies(
                body: Bodies.text(
                    #"{"dependencies":[{"consumer":{"appId":"shop","serviceName":"s\#(number)","version":"0.0.1"},"#
                        + #""providers":[{"appId":"shop","serviceName":"s0","version":"latest"}]}]}"#),
                isWhole: number < 3)
        }
    }
}

/// Bodies of requests.
enum Bodies {
    static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    static func instance(_ id: String) -> [UInt8] { text(#"{"instance":{"instanceId":"\#(id)","hostName":"h"}}"#) }

    static func rule(_ pattern: String) -> String {
        #"{"ruleType":"BLACK","attribute":"AppId","pattern":"\#(pattern)","description":"d"}"#
    }

    /// A text as a JSON string.
    static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension LocalSource {
    /// Registers a microservice and gives its ID.
    func register(_ name: String) async throws -> ServiceID {
        let body = Bodies.text(#"{"service":{"appId":"shop","serviceName":"\#(name)","version":"1.0.0"}}"#)
        let answer = try await perform(.registerMicroservice(body: body), in: .default)
        return ServiceID(JSONValue(parsing: answer.body)?["serviceId"]?.text ?? "")
    }
}
