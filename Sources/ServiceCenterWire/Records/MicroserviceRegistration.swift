/// The body of a registration: a microservice, and what may come with it.
package struct MicroserviceRegistration: Sendable {
    package var microservice = MicroserviceRecord()
    package var rules: [RuleRecord] = []
    package var tags: [String: String] = [:]
    package var instances: [InstanceRecord] = []

    /// Reads `{"service":{…},"rules":[…],"tags":{…},"instances":[…]}`, of which only the first must be there.
    package init(request body: [UInt8]) throws(ServiceCenterError) {
        var microservice: MicroserviceRecord?
        try RequestBody.members(body) { reader, key throws(JSONError) in
            switch reader.string(key) {
            case "service": microservice = try MicroserviceRecord(from: &reader)
            case "rules": rules = try RuleRecord.list(from: &reader)
            case "tags": tags = try reader.stringMap()
            case "instances":
                instances = try reader.list { reader throws(JSONError) in try InstanceRecord(from: &reader) }
            default: try reader.skip()
            }
        }
        guard let microservice else { throw ServiceCenterError(.invalidParameters, "Request body is empty") }
        self.microservice = microservice
        // The registry's own to say.
        (self.microservice.timestamp, self.microservice.modTimestamp) = ("", "")
        for index in instances.indices { instances[index].forgetTimes() }
    }
}
