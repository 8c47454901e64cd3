import HashTreeCollections

/// How the standing of sources decides which instances are seen. Costs the number of the microservice's instances, and
/// is asked only where a source of less than full standing has a word.
extension MergedMicroservice {
    /// Every instance that any source has, whether it is seen or not, in no order.
    package var everyInstance: [MergedInstance] { hidden.isEmpty ? instances : instances + hidden }

    /// Whether what is seen depends on more than the order of the sources.
    func isUnsettled(by precedence: Precedence) -> Bool {
        guard !precedence.isPlain else { return !hidden.isEmpty }
        return contributions.contains { precedence.standing(of: $0.source) != .full }
    }

    /// Takes a source's word without regard to what is seen; true when it had none before.
    mutating func takeIn(_ instance: Instance, of source: SourceID) -> Bool {
        let word = InstanceContribution(source: source, instance: instance)
        var words = takeOut(instance.id)?.contributions ?? []
        let old = words.firstIndex { $0.source == source && $0.instance.ref == instance.ref }
        if let old { words[old] = word } else { words.append(word) }
        hidden.append(MergedInstance(words))
        return old == nil
    }

    /// Takes back a source's word without regard to what is seen; false when it had none.
    mutating func giveUp(_ ref: InstanceRef, of source: SourceID) -> Bool {
        guard let merged = takeOut(ref.id) else { return false }
        let words = merged.contributions.filter { $0.source != source || $0.instance.ref != ref }
        if !words.isEmpty { hidden.append(MergedInstance(words)) }
        return words.count < merged.contributions.count
    }

    private mutating func takeOut(_ id: InstanceID) -> MergedInstance? {
        let index = position(of: id)
        if index < instances.count, instances[index].visible.id == id {
            let merged = instances[index]
            remove(at: index)
            return merged
        }
        return hidden.firstIndex { $0.visible.id == id }.map { hidden.remove(at: $0) }
    }

    /// Decides anew which instances are seen, and whose word of each counts.
    mutating func settle(by rule: WordRule) {
        let every = everyInstance.map { rule.merged($0.contributions) }
        let rank = { (merged: MergedInstance) in rule.precedence.standing(of: merged.source).rank }
        let hasBetter = every.contains { rank($0) == 0 }
        forgetInstances()
        for merged in every.sorted(by: { $0.visible.id < $1.visible.id }) {
            if rank(merged) <= (hasBetter ? 0 : 1) {
                insert(merged, at: instances.count)
            } else {
                hidden.append(merged)
            }
        }
    }
}

extension MergedInstance {
    /// Out of every word on it, the strongest first.
    fileprivate init(_ words: [InstanceContribution]) {
        self.init(source: words[0].source, visible: words[0].instance, shadowed: Array(words.dropFirst()))
    }
}

extension Merge {
    /// Changes a microservice's instances where the standing of sources decides what is seen, and notes what that
    /// makes visible. Nil when the microservice is not known.
    mutating func settle<Result>(
        _ key: MicroserviceKey, _ body: (inout MergedMicroservice) -> Result
    ) -> Result? {
        guard let before = tables.microservices[key] else { return nil }
        let rule = rule(of: key)
        let result = update(key) { merged in
            let result = body(&merged)
            merged.settle(by: rule)
            return result
        }
        if let after = tables.microservices[key] { noteDifference(before, after) }
        return result
    }

    mutating func noteDifference(_ before: MergedMicroservice, _ after: MergedMicroservice) {
        for new in after.instances {
            guard let old = before.instance(new.visible.id) else {
                publish(.appeared(new.visible, new.source), in: after)
                continue
            }
            let isMoved = before.canonicalID != after.canonicalID
            if isMoved || old.visible.digest != new.visible.digest || old.source != new.source {
                publish(.changed(new.visible, new.source, before: old.source), in: after)
            }
        }
        for old in before.instances where after.instance(old.visible.id) == nil {
            publish(.left(old.visible, old.source), in: after)
        }
    }
}
