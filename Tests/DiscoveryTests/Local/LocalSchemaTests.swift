import HashTreeCollections
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

/// Codes and words: service-center's `schema.go`.
@Suite("Schemas in the local registry")
struct LocalSchemaTests {
    private var registry = LocalState(LocalRegistry(settings: LocalSettings()))

    private mutating func service(_ environment: String, naming schemas: String...) throws -> ServiceID {
        let names = schemas.map { "\"\($0)\"" }.joined(separator: ",")
        let body = #"{"service":{"serviceName":"a","environment":"\#(environment)","schemas":[\#(names)]}}"#
        let answer = try registry.write(.registerMicroservice(body: Array(body.utf8))).answer
        return ServiceID(JSONValue(parsing: answer.body)?["serviceId"]?.text ?? "")
    }

    private func put(_ id: String, _ text: String, _ summary: String, _ service: ServiceID) -> RegistryWrite {
        .putSchema(service, schema: id, body: Array(#"{"schema":"\#(text)","summary":"\#(summary)"}"#.utf8))
    }

    private func putAll(_ schemas: [(String, String, String)], _ service: ServiceID) -> RegistryWrite {
        let list = schemas.map { #"{"schemaId":"\#($0.0)","schema":"\#($0.1)","summary":"\#($0.2)"}"# }
        return .putSchemas(service, body: Array(#"{"schemas":[\#(list.joined(separator: ","))]}"#.utf8))
    }

    private func kept(_ service: ServiceID) -> [String: String] {
        let ref = ServiceRef(tenant: .default, id: service)
        return (registry.registry.holdings[ref]?.schemas ?? [:]).mapValues { "\($0.text)/\($0.summary)" }
    }

    private func named(_ service: ServiceID) -> [String] {
        (try? registry.registry.holdings[ServiceRef(tenant: .default, id: service)]?.record)?.schemas ?? []
    }

    @Test("are changed as they come where a microservice is under development")
    mutating func editable() throws {
        let service = try service("testing", naming: "x")
        _ = try registry.write(put("a", "1", "s1", service))
        #expect(named(service) == ["x", "a"])
        _ = try registry.write(put("a", "2", "", service))
        // A summary stays until there is another one.
        #expect(kept(service) == ["a": "2/s1"])
        let delta = try registry.write(putAll([("b", "3", "s3"), ("b", "4", "s4")], service)).delta
        #expect(kept(service) == ["b": "3/s3"])
        #expect(named(service) == ["b"])
        #expect(delta.removedAttachments.map(\.key) == [.schemaSummary("a")])
        #expect(delta.attachments.map(\.key) == [.schemaSummary("b")])
        #expect(delta.microservices.count == 1)
    }

    @Test("stay as they are in production and in no environment", arguments: ["", "production"])
    mutating func fixed(environment: String) throws {
        let service = try service(environment, naming: "a", "b")
        _ = try registry.write(put("a", "1", "", service))
        // What has no summary may be given one, and is fixed from then on.
        #expect(registry.refusal(of: put("a", "1", "", service))?.code == .schemaFixed)
        _ = try registry.write(put("a", "2", "s2", service))
        let changed = registry.refusal(of: put("a", "3", "s3", service))
        #expect(changed == ServiceCenterError(.schemaFixed, "schema already exist, can not be changed in production"))
        let unnamed = registry.refusal(of: put("c", "1", "s1", service))
        #expect(unnamed == ServiceCenterError(.schemaUndefined, "Non-existent schemaID can't be added in production"))
        let set = registry.refusal(of: putAll([("a", "4", "s4"), ("c", "1", "s1"), ("d", "1", "s1")], service))
        #expect(set == ServiceCenterError(.schemaUndefined, "Non-existent schemaIDs [c d]"))
        #expect(try registry.write(putAll([("a", "4", "s4")], service)).delta.isEmpty)
        _ = try registry.write(putAll([("b", "5", "s5")], service))
        #expect(kept(service) == ["a": "2/s2", "b": "5/s5"])
        #expect(named(service) == ["a", "b"])
    }

    @Test("may be added to a microservice that names none, in production too")
    mutating func first() throws {
        let service = try service("production")
        _ = try registry.write(putAll([("a", "1", "s1"), ("b", "2", "s2")], service))
        #expect(named(service) == ["a", "b"])
        #expect(kept(service) == ["a": "1/s1", "b": "2/s2"])
        #expect(registry.refusal(of: put("c", "1", "s1", service))?.code == .schemaUndefined)
    }

    @Test("are a hundred at most, and then none is changed either")
    mutating func quota() throws {
        let service = try service("development")
        let many = (1...100).map { ("s\($0)", "1", "x") }
        _ = try registry.write(putAll(many, service))
        let refused = registry.refusal(of: put("s1", "2", "y", service))
        #expect(refused?.code == .quotaExceeded)
        #expect(refused?.detail == "no quota to create SCHEMA, max num is 100, curNum is 100, apply num is 1")
        #expect(registry.refusal(of: putAll(many + [("t", "1", "x")], service))?.detail == "Invalid request.")
        _ = try registry.write(putAll(many.dropLast() + [("t", "1", "x")], service))
        #expect(kept(service).count == 100)
    }

    @Test("are refused in service-center's words")
    mutating func words() throws {
        let service = try service("testing")
        let ids = #"{Min: 1, Max: 160, Regexp: ^[a-zA-Z0-9]+$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$}"#
        #expect(
            registry.refusal(of: put("a/b", "1", "", service))?.detail
                == "field 'ModifySchemaRequest.SchemaId' invalid value 'a/b' does not match rule: \(ids)")
        #expect(
            registry.refusal(of: put("a", "", "", service))?.detail
                == "field 'ModifySchemaRequest.Schema' invalid value '' does not match rule: {Min: 1}")
        #expect(
            registry.refusal(of: put("a", "1", "a-b", service))?.detail
                == "field 'ModifySchemaRequest.Summary' invalid value 'a-b' does not match rule: "
                + "{Max: 128, Regexp: ^[a-zA-Z0-9]*$}")
        #expect(
            registry.refusal(of: .deleteSchema(service, schema: "a/b"))?.detail
                == "field 'DeleteSchemaRequest.SchemaId' invalid value 'a/b' does not match rule: \(ids)")
        for set in [[], [("a", "1", "")], [("a", "", "s")], [("", "1", "s")]] {
            #expect(
                registry.refusal(of: putAll(set, service))
                    == ServiceCenterError(.invalidParameters, "Invalid request."))
        }
        let unknown = ServiceID("nope")
        #expect(registry.refusal(of: put("a", "1", "s", unknown))?.detail == "Service does not exist")
        #expect(registry.refusal(of: putAll([("a", "1", "s")], unknown))?.detail == "Service does not exist.")
    }
}
