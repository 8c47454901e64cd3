extension MergeOutcome {
    /// Makes one change out of all that became of an instance on the way, or none: an end and a beginning in one step
    /// are neither. `before` and `after` are what was visible before the step, and what is after it.
    /// `isTangled` says that instances were taken along by their microservice, before they were spoken of themselves.
    mutating func net(from before: RegistryTables, to after: RegistryTables, isTangled: Bool) {
        // Nearly every step only brings, changes or takes, each instance once.
        let hasBoth =
            isTangled
            || (instances.contains { $0.action == .delete } && instances.contains { $0.action == .create })
        guard hasBoth else { return }
        var seen: Set<InstancePlace> = []
        instances = instances.compactMap { change in
            guard seen.insert(change.place).inserted else { return nil }
            return VisibleChange(of: change.place, from: before, to: after)
        }
    }
}

extension VisibleChange {
    /// What became of one instance; nil when it is as it was.
    fileprivate init?(of place: InstancePlace, from before: RegistryTables, to after: RegistryTables) {
        let (former, present) = (before.microservice(place.microservice), after.microservice(place.microservice))
        let (old, new) = (former?.instance(place.instance), present?.instance(place.instance))
        if let present, let new {
            let isSame =
                old?.visible.digest == new.visible.digest && old?.source == new.source
                && former?.canonicalID == present.canonicalID
            if isSame { return nil }
            self.init(
                action: old == nil ? .create : .update, microservice: place.microservice,
                canonicalID: present.canonicalID, instance: new.visible, source: new.source,
                formerSource: old?.source == new.source ? nil : old?.source)
        } else if let former, let old {
            self.init(
                action: .delete, microservice: place.microservice, canonicalID: former.canonicalID,
                instance: old.visible, source: old.source)
        } else {
            return nil
        }
    }
}
