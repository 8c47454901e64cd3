import Logging
import Registry

/// Tells of one source's transitions: one line of log, one entry of the journal and one count for each.
struct TransitionLog: Sendable {
    let source: SourceID
    let counters: SourceCounters
    let journal: Journal?
    let logger: Logger

    func tell(_ transition: SourceLifecycle.Transition, _ facts: Logger.Metadata = [:]) {
        counters.entered(source, transition)
        let metadata = facts.merging(transition.facts) { $1 }
        journal?.note(source, transition.name, facts: metadata.mapValues(\.description))
        logger.log(level: transition.isGood ? .info : .warning, transition.message, metadata: metadata)
    }
}

/// How transitions read in the log: constant messages, facts as metadata.
extension SourceLifecycle.Transition {
    var message: Logger.Message {
        switch self {
        case .state(_, .synced): "source is synced"
        case .state(_, .stale): "source cannot be read; what it said last stays"
        case .state(_, .starting): "source starts"
        case .state(_, .retired): "source is retired"
        case .standing(_, .full): "source's data is confirmed again"
        case .standing(_, .marked): "source's data is old: its instances are marked"
        case .standing(_, .demoted): "source's data is old: other sources' instances are preferred"
        case .standing(_, .dropped): "source's data is old: its instances are dropped"
        case .guarded(.held(.operatorsWish, _, _)): "what the source withdrew is held, as an operator wishes"
        case .guarded(.held): "source withdraws implausibly much; what it withdrew stays for now"
        case .guarded(.released): "what was held of the source is held no longer"
        case .guarded(.heldByOperator): "what the source withdraws from now on is held, as an operator wishes"
        case .guarded(.damped): "instances of the source come and go; they stay out of sight until they are quiet"
        case .guarded(.calmed): "instances of the source have been quiet, and are believed again"
        case .restored: "source is restored from disk"
        }
    }

    var isGood: Bool {
        switch self {
        case .state(_, let state): state != .stale
        case .standing(_, let standing): standing == .full
        case .guarded(.held(let reason, _, _)): reason == .operatorsWish
        case .guarded(.damped): false
        case .guarded(.released), .guarded(.heldByOperator), .guarded(.calmed), .restored: true
        }
    }

    var facts: Logger.Metadata {
        switch self {
        case .state(let from, _): ["was": "\(from)"]
        case .standing(let from, _): ["was": "\(from.name)"]
        case .guarded(.held(let reason, let instances, let microservices)):
            ["reason": "\(reason.rawValue)", "instances": "\(instances)", "microservices": "\(microservices)"]
        case .guarded(.released(let cause, let instances)):
            ["cause": "\(cause.rawValue)", "instances": "\(instances)"]
        case .guarded(.heldByOperator): [:]
        case .guarded(.damped(let places)):
            ["instances": "\(places.count)", "reason": "\(places.prefix(3).map(\.example).joined(separator: ", "))"]
        case .guarded(.calmed(let instances)): ["instances": "\(instances)"]
        case .restored(let microservices, let instances):
            ["microservices": "\(microservices)", "instances": "\(instances)"]
        }
    }
}

extension InstancePlace {
    fileprivate var example: String { "\(microservice.name.name)/\(instance)" }
}
