import HashTreeCollections

/// How instances come and go.
extension Merge {
    mutating func put(_ instance: Instance) {
        let ref = instance.ref
        guard let key = table.services[ref.service]?.key else {
            let old = table.services[ref.service, default: SourceTable.Service()].orphans
                .updateValue(instance, forKey: ref.id)
            if old == nil { table.counts.orphans += 1 }
            return
        }
        let (source, rule) = (source, rule(of: key))
        if isUnsettled(key) {
            if settle(key, { $0.takeIn(instance, of: source) }) ?? false { table.counts.instances += 1 }
            return
        }
        let change = update(key) { $0.put(instance, of: source, rule) }
        guard let change, let merged = tables.microservices[key] else { return }
        if change.isNew { table.counts.instances += 1 }
        publish(change.visible, in: merged)
    }

    mutating func removeInstance(_ ref: InstanceRef) {
        if let key = table.services[ref.service]?.key { return removeVisible(ref, of: key) }
        // In place: with a copy of the orphans for each of them, many would cost the square of their number.
        guard table.services[ref.service]?.orphans.removeValue(forKey: ref.id) != nil else { return }
        table.counts.orphans -= 1
        if table.services[ref.service]?.isEmpty ?? false { table.services[ref.service] = nil }
    }

    /// Takes back this source's word of an instance whose microservice is known.
    mutating func removeVisible(_ ref: InstanceRef, of key: MicroserviceKey) {
        let (source, rule) = (source, rule(of: key))
        if isUnsettled(key) {
            if settle(key, { $0.giveUp(ref, of: source) }) ?? false { table.counts.instances -= 1 }
            return
        }
        guard let change = update(key, { $0.remove(ref, of: source, rule) }), let change,
            let merged = tables.microservices[key]
        else { return }
        table.counts.instances -= 1
        publish(change, in: merged)
    }

    private func isUnsettled(_ key: MicroserviceKey) -> Bool {
        tables.microservices[key]?.isUnsettled(by: precedence) ?? false
    }

    mutating func publish(_ change: MergedMicroservice.Change, in merged: MergedMicroservice) {
        switch change {
        case .hidden: break
        case .appeared(let instance, let source):
            tally[source, default: Visibility()].instances += 1
            tables.instanceCount += 1
            note(.create, instance, from: source, in: merged)
        case .changed(let instance, let source, let before):
            tally[before, default: Visibility()].instances -= 1
            tally[source, default: Visibility()].instances += 1
            note(.update, instance, from: source, in: merged, before: before)
        case .left(let instance, let source):
            tally[source, default: Visibility()].instances -= 1
            tables.instanceCount -= 1
            note(.delete, instance, from: source, in: merged)
        }
    }
}

extension MergedMicroservice {
    /// What a source's word changed in what is visible.
    enum Change {
        case hidden
        case appeared(Instance, SourceID)
        case changed(Instance, SourceID, before: SourceID)
        case left(Instance, SourceID)
    }

    /// Takes a source's word; O(log n) to find, O(n) words moved to insert.
    mutating func put(
        _ instance: Instance, of source: SourceID, _ rule: WordRule
    ) -> (visible: Change, isNew: Bool) {
        let index = position(of: instance.id)
        let word = InstanceContribution(source: source, instance: instance)
        guard index < instances.count, instances[index].visible.id == instance.id else {
            let merged = rule.merged([word])
            insert(merged, at: index)
            return (.appeared(merged.visible, source), true)
        }
        var words = instances[index].contributions
        let known = words.firstIndex { $0.source == source && $0.instance.ref == instance.ref }
        if let known { words[known] = word } else { words.append(word) }
        return (replace(at: index, with: rule.merged(words)), known == nil)
    }

    /// Takes back a source's word; nil when it had none.
    mutating func remove(_ ref: InstanceRef, of source: SourceID, _ rule: WordRule) -> Change? {
        let index = position(of: ref.id)
        guard index < instances.count, instances[index].visible.id == ref.id else { return nil }
        let old = instances[index]
        var words = old.contributions
        guard let known = words.firstIndex(where: { $0.source == source && $0.instance.ref == ref }) else { return nil }
        words.remove(at: known)
        guard words.isEmpty else { return replace(at: index, with: rule.merged(words)) }
        remove(at: index)
        return .left(old.visible, source)
    }

    /// Puts an instance in the place of the same one, and tells what that changes.
    private mutating func replace(at index: Int, with new: MergedInstance) -> Change {
        let old = instances[index]
        replace(at: index, new)
        let isSame = new.visible.digest == old.visible.digest && new.source == old.source
        return isSame ? .hidden : .changed(new.visible, new.source, before: old.source)
    }
}
