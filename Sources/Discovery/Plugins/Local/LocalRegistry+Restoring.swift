import HashTreeCollections
import Registry
import ServiceCenterWire

extension LocalRegistry {
    /// Takes over what was kept by an earlier run, microservices first; gives all of it as one change. Throws for an
    /// entry that cannot be understood: nothing that was acknowledged is passed over in silence.
    mutating func restore(_ kept: LocalStore.Kept) throws(StateFailure) -> Outcome {
        var outcome = Outcome()
        let entries = kept.entries
        revision = kept.revision
        var decoder = DumpDecoder()
        for entry in entries where entry.kind == .services { try take(entry, &decoder, &outcome) }
        for entry in entries where entry.kind != .services { try take(entry, &decoder, &outcome) }
        for (ref, holding) in holdings {
            for schema in holding.schemas.values where !schema.summary.isEmpty {
                outcome.delta.attachments.append(summary(of: schema, of: ref))
            }
        }
        return outcome
    }

    /// Everything as it is, as one change.
    mutating func everything() -> RegistryDelta {
        var delta = RegistryDelta()
        for (ref, holding) in holdings {
            delta.microservices.append(holding.microservice)
            delta.instances += holding.instances.values
            if !holding.tags.isEmpty { delta.attachments.append(attachment(of: holding.tags, of: ref)) }
            for rule in holding.rules.values { delta.attachments.append(keep(rule, of: ref)) }
            for schema in holding.schemas.values where !schema.summary.isEmpty {
                delta.attachments.append(summary(of: schema, of: ref))
            }
        }
        for (consumer, providers) in dependencies {
            delta.dependencies.append(
                DependencyRule(consumer: consumer, providers: providers, upstreamRevision: nextRevision()))
        }
        return delta
    }

    private mutating func take(
        _ entry: StoredEntry, _ decoder: inout DumpDecoder, _ outcome: inout Outcome
    ) throws(StateFailure) {
        let isTaken: Bool
        do throws(JSONError) {
            guard let table = DumpTable(rawValue: entry.kind.rawValue) else {
                try takeSchema(entry)
                return
            }
            let decoded = try decoder.decode(
                table, key: entry.key, revision: entry.revision, value: entry.value ?? [])
            isTaken = try take(decoded, &outcome)
        } catch {
            throw StateFailure(problem: "the entry '\(entry.key)' cannot be read: \(error)")
        }
        if !isTaken, entry.kind == .instances {
            var removal = entry
            removal.value = nil
            return outcome.orphans.append(removal)
        }
        guard isTaken else {
            throw StateFailure(problem: "the entry '\(entry.key)' belongs to a microservice that is not kept")
        }
    }

    /// False when the microservice that it belongs to is not there.
    private mutating func take(_ entry: DumpEntry, _ outcome: inout Outcome) throws(JSONError) -> Bool {
        switch entry {
        case .microservice(let microservice):
            holdings[microservice.ref] = Holding(microservice)
            ids[microservice.key] = microservice.id
            if let alias = microservice.key.alias(microservice.alias) { aliases[alias] = microservice.id }
            outcome.delta.microservices.append(microservice)
        case .instance(let instance):
            guard holdings[instance.ref.service]?.instances.updateValue(instance, forKey: instance.id) == nil,
                holdings[instance.ref.service] != nil
            else { return false }
            instanceCount += 1
            outcome.delta.instances.append(instance)
            outcome.granted.append((instance.ref, try InstanceRecord(kept: instance.body).lease))
        case .attachment(let attachment):
            guard holdings[attachment.service] != nil else { return false }
            if case .tags(let tags) = attachment.content { holdings[attachment.service]?.tags = tags }
            if case .rule = attachment.content {
                let rule = try RuleRecord(kept: attachment.body)
                holdings[attachment.service]?.rules[rule.id] = rule
            }
            outcome.delta.attachments.append(attachment)
        case .dependency(let rule):
            dependencies[rule.consumer] = rule.providers
            outcome.delta.dependencies.append(rule)
        case .repetition: break
        }
        return true
    }

    /// A schema's key is read as its summary's: both end alike.
    private mutating func takeSchema(_ entry: StoredEntry) throws(JSONError) {
        let schema = try SchemaRecord(kept: entry.value ?? [])
        var decoder = DumpDecoder()
        let summary = try decoder.decode(.summaries, key: entry.key, revision: 0, value: Array(#""""#.utf8))
        if case .attachment(let attachment) = summary { holdings[attachment.service]?.schemas[schema.id] = schema }
    }
}
