package import Registry
package import ServiceCenterWire

/// A source that takes writes. A write that was answered is visible to the next read through us.
package protocol Home: Source {
    /// What it takes beside the registrations of a home.
    var writing: WritingPolicy { get }

    /// Does one write and gives the answer for the client; refuses in service-center's own terms, with `unavailable`
    /// when it cannot be asked.
    func perform(_ write: RegistryWrite, for caller: Caller) async throws(ServiceCenterError) -> WriteAnswer

    /// Answers a request that concerns no registry but the home's own affairs, such as its accounts; nil when it has
    /// none.
    func relay(_ request: RelayedRequest, for caller: Caller) async throws(ServiceCenterError) -> WriteAnswer?
}

extension Home {
    /// A write of somebody who showed no credentials.
    package func perform(_ write: RegistryWrite, in tenant: Tenant) async throws(ServiceCenterError) -> WriteAnswer {
        try await perform(write, for: Caller(tenant: tenant))
    }

    package func relay(
        _ request: RelayedRequest, for caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer? { nil }
}

/// On whose behalf something is asked.
package struct Caller: Sendable, Equatable {
    package var tenant: Tenant
    /// The header `Authorization`, as the client sent it.
    package var authorization: String?

    package init(tenant: Tenant, authorization: String? = nil) {
        self.tenant = tenant
        self.authorization = authorization
    }
}

/// Which writes a source takes that is not the home, and how long its absence is covered.
package struct WritingPolicy: Sendable, Equatable {
    /// Whether heartbeats and changes of the source's own instances are passed on to it though it is not the home.
    package var takesOwn: Bool
    /// How long heartbeats are answered 200 while the source is away.
    package var absorbs: Duration

    package init(takesOwn: Bool, absorbs: Duration) {
        self.takesOwn = takesOwn
        self.absorbs = absorbs
    }
}

/// A request that is passed on as it came.
package struct RelayedRequest: Sendable {
    package enum Method: String, Sendable { case get = "GET", post = "POST", put = "PUT", delete = "DELETE" }

    package var method: Method
    /// The parts of the path, and the query's pairs, decoded.
    package var path: [String]
    package var query: [(name: String, value: String)]
    package var body: [UInt8]

    package init(_ method: Method, _ path: [String], query: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }
}

/// What a client may ask of a registry that changes it. Bodies are the client's own bytes.
package enum RegistryWrite: Sendable {
    case registerMicroservice(body: [UInt8])
    case unregisterMicroservice(ServiceID, force: Bool)
    case changeMicroserviceProperties(ServiceID, body: [UInt8])
    case registerInstance(ServiceID, body: [UInt8])
    case unregisterInstance(ServiceID, InstanceID)
    case heartbeat(ServiceID, InstanceID)
    case heartbeats(body: [UInt8])
    case changeStatus(ServiceID, InstanceID, status: String)
    /// Of every instance whose properties have all of these.
    case changeStatuses(having: [String: String], status: String)
    case changeInstanceProperties(ServiceID, InstanceID, body: [UInt8])
    case putSchema(ServiceID, schema: String, body: [UInt8])
    case putSchemas(ServiceID, body: [UInt8])
    case deleteSchema(ServiceID, schema: String)
    case addTags(ServiceID, body: [UInt8])
    case updateTag(ServiceID, key: String, value: String)
    case deleteTags(ServiceID, keys: [String])
    case addRules(ServiceID, body: [UInt8])
    case updateRule(ServiceID, rule: String, body: [UInt8])
    case deleteRules(ServiceID, rules: [String])
    /// `isWhole` says that each consumer named depends on nothing else.
    case declareDependencies(body: [UInt8], isWhole: Bool)

    /// The microservice that it names by its ID; nil when it names none, or several.
    package var service: ServiceID? {
        switch self {
        case .registerMicroservice, .heartbeats, .declareDependencies, .changeStatuses: nil
        case .unregisterMicroservice(let id, _), .changeMicroserviceProperties(let id, _), .putSchema(let id, _, _),
            .putSchemas(let id, _), .deleteSchema(let id, _), .addTags(let id, _), .updateTag(let id, _, _),
            .deleteTags(let id, _), .addRules(let id, _), .updateRule(let id, _, _), .deleteRules(let id, _),
            .registerInstance(let id, _), .unregisterInstance(let id, _), .heartbeat(let id, _),
            .changeStatus(let id, _, _), .changeInstanceProperties(let id, _, _):
            id
        }
    }
}

/// The answer to a write.
package struct WriteAnswer: Sendable, Equatable {
    package var status: Int
    /// JSON, or nothing.
    package var body: [UInt8]
    /// Whether what the write changed has been told. Otherwise it is told by the next read, for which who asks must
    /// wait.
    package var isTold = false

    package init(status: Int = 200, body: [UInt8] = []) {
        self.status = status
        self.body = body
    }

    /// A member of an answer whose members are all texts, such as `{"serviceId":"…"}` or a refusal.
    package func member(_ name: String) -> String? {
        (try? JSONReader.read(body) { reader throws(JSONError) in try reader.stringMap() })?[name]
    }

    /// A refusal as an answer.
    package init(refusing error: ServiceCenterError) { self.init(status: error.code.status, body: error.body) }
}
