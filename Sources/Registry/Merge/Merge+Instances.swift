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
        let (source, precedence) = (source, precedence)
        let change = update(key) { $0.put(instance, of: source, precedence) }
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
        let source = source
        guard let change = update(key, { $0.remove(ref, of: source) }), let change,
            let merged = tables.microservices[key]
        else { return }
        table.counts.instances -= 1
        publish(change, in: merged)
    }

    private mutating func publish(_ change: MergedMicroservice.Change, in merged: MergedMicroservice) {
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
        _ instance: Instance, of source: SourceID, _ precedence: Precedence
    ) -> (visible: Change, isNew: Bool) {
        let index = position(of: instance.id)
        guard index < instances.count, instances[index].visible.id == instance.id else {
            insert(MergedInstance(source: source, visible: instance, shadowed: []), at: index)
            return (.appeared(instance, source), true)
        }
        var merged = instances[index]
        let old = (instance: merged.visible, source: merged.source)
        let isNew = merged.put(instance, of: source, precedence)
        replace(at: index, with: merged)
        if merged.visible.digest == old.instance.digest, merged.source == old.source { return (.hidden, isNew) }
        return (.changed(merged.visible, merged.source, before: old.source), isNew)
    }

    /// Takes back a source's word; nil when it had none.
    mutating func remove(_ ref: InstanceRef, of source: SourceID) -> Change? {
        let index = position(of: ref.id)
        guard index < instances.count, instances[index].visible.id == ref.id else { return nil }
        var merged = instances[index]
        if let shadow = merged.shadowed.firstIndex(where: { $0.source == source && $0.instance.ref == ref }) {
            merged.shadowed.remove(at: shadow)
            replace(at: index, with: merged)
            return .hidden
        }
        guard merged.source == source, merged.visible.ref == ref else { return nil }
        guard let heir = merged.shadowed.first else {
            remove(at: index)
            return .left(merged.visible, source)
        }
        merged.shadowed.removeFirst()
        merged.source = heir.source
        merged.visible = heir.instance
        replace(at: index, with: merged)
        return .changed(heir.instance, heir.source, before: source)
    }
}

extension MergedInstance {
    /// Puts a source's word in its place among the others; true when it had none before.
    mutating func put(_ instance: Instance, of source: SourceID, _ precedence: Precedence) -> Bool {
        if self.source == source, visible.ref == instance.ref {
            visible = instance
            return false
        }
        if let index = shadowed.firstIndex(where: { $0.source == source && $0.instance.ref == instance.ref }) {
            shadowed[index].instance = instance
            return false
        }
        let word = InstanceContribution(source: source, instance: instance)
        if precedence.isStronger(word, than: InstanceContribution(source: self.source, instance: visible)) {
            shadowed.insert(InstanceContribution(source: self.source, instance: visible), at: 0)
            self.source = source
            visible = instance
        } else {
            let index = shadowed.firstIndex { precedence.isStronger(word, than: $0) }
            shadowed.insert(word, at: index ?? shadowed.endIndex)
        }
        return true
    }
}

extension Precedence {
    /// One source that keeps an instance under two IDs of the same microservice is told apart by the ID.
    fileprivate func isStronger(_ left: InstanceContribution, than right: InstanceContribution) -> Bool {
        left.source == right.source
            ? left.instance.ref.service.id < right.instance.ref.service.id
            : isStronger(left.source, than: right.source)
    }
}
