import HashTreeCollections

/// How microservices and their attachments come and go.
extension Merge {
    mutating func put(_ microservice: Microservice) {
        let ref = microservice.ref
        if let old = table.services[ref]?.key {
            if old == microservice.key { return replace(with: microservice) }
            removeMicroservice(ref)
        }
        var service = table.services[ref] ?? SourceTable.Service()
        let orphans = service.orphans
        let contribution = MicroserviceContribution(
            source: source, microservice: microservice, attachments: service.attachments)
        service.key = microservice.key
        service.orphans = [:]
        service.attachments = [:]
        table.services[ref] = service
        table.counts.microservices += 1
        table.counts.orphans -= orphans.count
        contribute(contribution)
        claim(ref, for: microservice.key)
        isTangled = isTangled || !orphans.isEmpty
        for (_, instance) in orphans { put(instance) }
    }

    /// Adds this source's word to the microservice, which it may be the first to mention.
    private mutating func contribute(_ contribution: MicroserviceContribution) {
        let key = contribution.microservice.key
        let before = tables.microservices[key]
        if before == nil {
            tables.microservices[key] = MergedMicroservice(contribution)
            tables.versions.insert(key, under: key.name)
            note(.create, microserviceOf: source)
        } else {
            reorder(key) { contributions, precedence in
                let position = contributions.firstIndex {
                    precedence.isStronger(contribution, than: $0)
                }
                contributions.insert(contribution, at: position ?? contributions.endIndex)
            }
        }
        indexAliases(from: before?.aliasNames ?? [], of: key)
    }

    /// The same microservice, said anew.
    private mutating func replace(with microservice: Microservice) {
        let before = tables.microservices[microservice.key]?.aliasNames ?? []
        let source = source
        reorder(microservice.key) { contributions, _ in
            let index = contributions.firstIndex { $0.microservice.ref == microservice.ref && $0.source == source }
            if let index { contributions[index].microservice = microservice }
        }
        indexAliases(from: before, of: microservice.key)
    }

    /// Changes who says what of a microservice, and tells what that changes for its readers: when another source's ID
    /// becomes the canonical one, every instance is served under another service ID.
    private mutating func reorder(
        _ key: MicroserviceKey, _ change: (inout [MicroserviceContribution], Precedence) -> Void
    ) {
        let precedence = precedence
        guard let before = tables.microservices[key] else { return }
        _ = update(key) { change(&$0.contributions, precedence) }
        guard let after = tables.microservices[key] else { return }
        if before.source != after.source {
            tally[before.source, default: Visibility()].microservices -= 1
            tally[after.source, default: Visibility()].microservices += 1
        }
        if before.canonical !== after.canonical {
            note(.update, microserviceOf: after.source)
        } else {
            outcome.isVisible = true
        }
        if before.canonicalID != after.canonicalID {
            for instance in after.instances { note(.update, instance.visible, from: instance.source, in: after) }
        }
    }

    mutating func removeMicroservice(_ ref: ServiceRef) {
        guard var service = table.services[ref], let key = service.key, let before = tables.microservices[key] else {
            return
        }
        // What the source has not withdrawn waits for the microservice to come back.
        for instance in before.everyInstance {
            for contribution in instance.contributions
            where contribution.source == source && contribution.instance.ref.service == ref {
                service.orphans[contribution.instance.id] = contribution.instance
                removeVisible(contribution.instance.ref, of: key)
            }
        }
        service.attachments =
            before.contributions
            .first { $0.source == source && $0.microservice.ref == ref }?.attachments ?? [:]
        service.key = nil
        table.counts.microservices -= 1
        table.counts.orphans += service.orphans.count
        table.services[ref] = service.isEmpty ? nil : service
        unclaim(ref, key)
        let aliases = before.aliasNames
        if before.contributions.count == 1 {
            tables.microservices[key] = nil
            tables.versions.remove(key, under: key.name)
            ended.insert(key)
            note(.delete, microserviceOf: source)
        } else {
            let source = source
            reorder(key) { contributions, _ in
                contributions.removeAll { $0.source == source && $0.microservice.ref == ref }
            }
        }
        indexAliases(from: aliases, of: key)
    }

    private mutating func indexAliases(from before: Set<MicroserviceName>, of key: MicroserviceKey) {
        let after = tables.microservices[key]?.aliasNames ?? []
        for name in before.subtracting(after) { tables.aliases.remove(key, under: name) }
        for name in after.subtracting(before) { tables.aliases.insert(key, under: name) }
    }

    private mutating func claim(_ ref: ServiceRef, for key: MicroserviceKey) {
        var claims = tables.claims[ref] ?? []
        let position = claims.firstIndex { precedence.isStronger(source, than: $0.source) }
        claims.insert(RegistryTables.Claim(source: source, key: key), at: position ?? claims.endIndex)
        tables.claims[ref] = claims
    }

    private mutating func unclaim(_ ref: ServiceRef, _ key: MicroserviceKey) {
        guard var claims = tables.claims[ref] else { return }
        claims.removeAll { $0.source == source && $0.key == key }
        tables.claims[ref] = claims.isEmpty ? nil : claims
    }

    mutating func put(_ attachment: Attachment) {
        guard let key = table.services[attachment.service]?.key else {
            table.services[attachment.service, default: SourceTable.Service()].attachments[attachment.key] = attachment
            return
        }
        changeAttachment(attachment.key, of: attachment.service, in: key, to: attachment)
    }

    mutating func removeAttachment(_ attachment: Attachment.Key, of ref: ServiceRef) {
        guard var service = table.services[ref] else { return }
        if let key = service.key {
            changeAttachment(attachment, of: ref, in: key, to: nil)
        } else {
            service.attachments[attachment] = nil
            table.services[ref] = service.isEmpty ? nil : service
        }
    }

    private mutating func changeAttachment(
        _ attachment: Attachment.Key, of ref: ServiceRef, in key: MicroserviceKey, to new: Attachment?
    ) {
        let source = source
        let isChanged = update(key) { merged in
            let index = merged.contributions.firstIndex { $0.source == source && $0.microservice.ref == ref }
            guard let index, new != nil || merged.contributions[index].attachments[attachment] != nil else {
                return false
            }
            merged.contributions[index].attachments[attachment] = new
            return true
        }
        if isChanged ?? false { outcome.isVisible = true }
    }
}

extension MergedMicroservice {
    /// The names under which its aliases are found.
    fileprivate var aliasNames: Set<MicroserviceName> {
        var names: Set<MicroserviceName> = []
        for contribution in contributions where !contribution.microservice.alias.isEmpty {
            var name = key.name
            name.name = contribution.microservice.alias
            names.insert(name)
        }
        return names
    }
}

extension Precedence {
    /// Two IDs of one source for the same key are told apart by the ID, so that the order is total.
    func isStronger(_ left: MicroserviceContribution, than right: MicroserviceContribution) -> Bool {
        left.source == right.source
            ? left.microservice.id < right.microservice.id : isStronger(left.source, than: right.source)
    }
}
