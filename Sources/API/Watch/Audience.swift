import Registry

/// What a watcher wants to hear of.
enum WatchInterest: Hashable {
    /// The providers of one consumer.
    case consumer(MicroserviceKey)
    /// A part of the registry, whoever depends on whom.
    case scope(WatchScope)
}

/// All watchers of one event loop that hear the same in the same form: a consumer's, or those of one scope.
final class Audience {
    struct Key: Hashable {
        let interest: WatchInterest
        let form: WatchForm
    }

    let key: Key
    /// What a consumer hears; nil for a scope.
    private(set) var filter: WatchFilter?
    /// What its consumer depended on before, since its first watcher came: of that it goes on hearing what ends. The
    /// dependency and the instances may go in one step, and who never hears of an end is told CREATE twice.
    private var former: WatchFilter?
    private(set) var watchers: [Watcher] = []
    /// For whoever puts a turn together: in which turn it was touched last, and by what in it.
    var turn: UInt64 = 0
    var slots: [Int] = []

    init(_ key: Key) { self.key = key }

    /// The provider names whose changes may concern it; nil for any name.
    var names: Set<MicroserviceName>? { former.map { filter?.union($0).names } ?? filter?.names }

    /// The provider names of which it is told what is there; nil for any name.
    var presentNames: Set<MicroserviceName>? { filter?.names }

    /// The source whose word it follows; nil for everybody's.
    var source: SourceID? {
        guard case .scope(let scope) = key.interest else { return nil }
        return scope.source.map { SourceID($0) }
    }

    /// Takes in whom its consumer depends on now.
    func refresh(from tables: RegistryTables) {
        guard case .consumer(let consumer) = key.interest else { return }
        let next = WatchFilter(consumer: consumer, rules: tables.providers(of: consumer))
        if let lost = filter?.beyond(next) { former = former.map { $0.union(lost) } ?? lost }
        filter = next
    }

    /// Whether it hears of a microservice's instances.
    func hears(of provider: MicroserviceKey, in tables: RegistryTables) -> Bool {
        hears(of: WatchFilter.Provider(provider, in: tables), in: tables)
    }

    func hears(of provider: WatchFilter.Provider, in tables: RegistryTables) -> Bool {
        switch key.interest {
        case .consumer: filter?.hears(of: provider, in: tables) ?? false
        case .scope(let scope): scope.covers(provider.key)
        }
    }

    /// Whether it hears of a change to a microservice's instances, the end of what its consumer depended on before
    /// among them.
    func hears(of change: VisibleChange, in tables: RegistryTables) -> Bool {
        let provider = WatchFilter.Provider(change.microservice, in: tables)
        return hears(of: provider, in: tables) || (change.action == .delete && heard(of: provider, in: tables))
    }

    /// Whether its consumer depended on a microservice before.
    func heard(of provider: WatchFilter.Provider, in tables: RegistryTables) -> Bool {
        former?.hears(of: provider, in: tables) ?? false
    }

    /// How it hears of a change to a microservice that it hears of.
    func action(of change: VisibleChange, in batch: EventBatch) -> VisibleChange.Action? {
        switch key.interest {
        case .consumer: batch.actionForConsumers(of: change)
        case .scope(let scope): scope.action(of: change)
        }
    }

    func add(_ watcher: Watcher) {
        watcher.index = watchers.count
        watchers.append(watcher)
    }

    func remove(_ watcher: Watcher) {
        guard watcher.index < watchers.count, watchers[watcher.index] === watcher else { return }
        let last = watchers.removeLast()
        guard last !== watcher else { return }
        last.index = watcher.index
        watchers[watcher.index] = last
    }
}

extension EventBatch {
    /// How consumers hear of a change. What a source said first after a start may be known to clients from before: to
    /// them it is an UPDATE, because go-chassis adds whatever a CREATE names.
    func actionForConsumers(of change: VisibleChange) -> VisibleChange.Action {
        isFirstWord && change.action == .create ? .update : change.action
    }
}
