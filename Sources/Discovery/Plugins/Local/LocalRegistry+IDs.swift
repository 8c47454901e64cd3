import Registry
import ServiceCenterWire

/// Rules: service-center `*_validator.go` and `maxbody.go`. What a write brings in its body is checked where it is
/// done.
extension LocalRegistry {
    /// Refuses a write with a body that is larger than declared for its kind.
    func checkSize(of write: RegistryWrite) throws(ServiceCenterError) {
        let (bytes, most) =
            switch write {
            case .registerInstance(_, let body): (body.count, settings.instanceBytes)
            case .changeMicroserviceProperties(_, let body), .changeInstanceProperties(_, _, let body):
                (body.count, settings.propertiesBytes)
            default: (0, 0)
            }
        guard bytes > most else { return }
        throw ServiceCenterError(.invalidParameters, "the body has \(bytes) bytes, and the home takes at most \(most)")
    }

    /// Refuses a write with IDs that no microservice and no instance can have.
    static func checkIDs(of write: RegistryWrite) throws(ServiceCenterError) {
        switch write {
        case .unregisterMicroservice(let id, _): try id.check("DeleteServiceRequest")
        case .changeMicroserviceProperties(let id, _): try id.check("UpdateServicePropsRequest")
        case .unregisterInstance(let id, let instance): try id.check("UnregisterInstanceRequest", instance)
        case .heartbeat(let id, let instance): try id.check("HeartbeatRequest", instance)
        case .changeStatus(let id, let instance, _): try id.check("UpdateInstanceStatusRequest", instance)
        case .changeInstanceProperties(let id, let instance, _): try id.check("UpdateInstancePropsRequest", instance)
        case .putSchema(let id, _, _): try id.check("ModifySchemaRequest")
        case .deleteSchema(let id, let schema):
            try id.check("DeleteSchemaRequest")
            try FieldRule.schemaID.check(schema, "DeleteSchemaRequest.SchemaId")
        case .addTags(let id, _): try id.check("AddServiceTagsRequest")
        case .updateTag(let id, _, _): try id.check("UpdateServiceTagRequest")
        case .deleteTags(let id, _): try id.check("DeleteServiceTagsRequest")
        case .addRules(let id, _): try id.check("AddServiceRulesRequest")
        case .updateRule(let id, let rule, _):
            try id.check("UpdateServiceRuleRequest")
            try FieldRule.serviceID.check(rule, "UpdateServiceRuleRequest.RuleId")
        case .deleteRules(let id, _): try id.check("DeleteServiceRulesRequest")
        case .registerMicroservice, .registerInstance, .heartbeats, .changeStatuses,
            .putSchemas, .declareDependencies:
            break
        }
    }
}

extension ServiceID {
    fileprivate func check(_ request: String, _ instance: InstanceID? = nil) throws(ServiceCenterError) {
        try FieldRule.serviceID.check(text, "\(request).ServiceId")
        guard let instance else { return }
        try FieldRule.instanceID.check(instance.text, "\(request).InstanceId")
    }
}
