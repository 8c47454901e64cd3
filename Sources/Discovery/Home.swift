package import Registry
package import ServiceCenterWire

/// A source that takes writes. A write that was answered is visible to the next read through us.
package protocol Home: Source {
    /// Whether `perform` has told its change before it returns. Otherwise the change is seen by the next read, for
    /// which who asks must wait.
    var tellsWritesAtOnce: Bool { get }

    /// Does one write and gives the answer for the client; refuses in service-center's own terms.
    func perform(_ write: RegistryWrite, in tenant: Tenant) async throws(ServiceCenterError) -> WriteAnswer
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
    case changeInstanceProperties(ServiceID, InstanceID, body: [UInt8])
    case putSchema(ServiceID, schema: String, body: [UInt8])
    case putSchemas(ServiceID, body: [UInt8])
    case deleteSchema(ServiceID, schema: String)
    case addTags(ServiceID, body: [UInt8])
    case updateTag(ServiceID, key: String, value: String)
    case deleteTags(ServiceID, keys: [String])
    /// `isWhole` says that each consumer named depends on nothing else.
    case declareDependencies(body: [UInt8], isWhole: Bool)
}

/// The answer to a write.
package struct WriteAnswer: Sendable, Equatable {
    package var status: Int
    /// JSON, or nothing.
    package var body: [UInt8]

    package init(status: Int = 200, body: [UInt8] = []) {
        self.status = status
        self.body = body
    }

    /// A refusal as an answer.
    package init(refusing error: ServiceCenterError) { self.init(status: error.code.status, body: error.body) }
}
