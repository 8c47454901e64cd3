import Registry

/// What one turn of a hub hands to whom: made once for all watchers of the event loop.
struct WatchTurn {
    /// Watchers who are handed the same.
    struct Delivery {
        let watchers: [Watcher]
        let segments: [WatchSegment]
    }

    private(set) var deliveries: [Delivery] = []
    /// How many events of each source and time are in it.
    private(set) var waits: [WatchSegment.Portion] = []

    /// The batches of one turn, told to the audiences that hear of them. What several audiences hear alike is put
    /// together once.
    init(_ batches: [EventBatch], to index: AudienceIndex, in tables: RegistryTables, _ frames: EventFrames) {
        var slots: [MicroserviceKey: Int] = [:]
        var places: [[WatchEventPlace]] = []
        for batch in batches {
            for (offset, change) in batch.changes.enumerated() {
                waits.append(change.source, batch.observed)
                let action = batch.isFirstWord && change.action == .create ? .update : change.action
                let place = WatchEventPlace(batch: batch, offset: offset, action: action)
                if let slot = slots[change.microservice] {
                    places[slot].append(place)
                } else {
                    slots[change.microservice] = places.count
                    places.append([place])
                }
            }
        }
        tellConsumers(slots, places, index, tables, frames)
        tellScopes(batches, index, frames)
    }

    private mutating func tellConsumers(
        _ slots: [MicroserviceKey: Int], _ places: [[WatchEventPlace]], _ index: AudienceIndex,
        _ tables: RegistryTables, _ frames: EventFrames
    ) {
        var heard: [ObjectIdentifier: (audience: Audience, slots: [Int])] = [:]
        for (provider, slot) in slots {
            for audience in index.hearing(of: provider, in: tables) {
                heard[ObjectIdentifier(audience), default: (audience, [])].slots.append(slot)
            }
        }
        var made: [[Int]: [WatchSegment]] = [:]
        for (audience, slots) in heard.values {
            let key = slots.count == 1 ? slots : slots.sorted()
            if made[key] == nil {
                let selected =
                    key.count == 1
                    ? places[key[0]] : key.flatMap { places[$0] }.sorted(by: WatchEventPlace.precedes)
                made[key] = frames.segments(of: selected, .plain)
            }
            deliveries.append(Delivery(watchers: audience.watchers, segments: made[key] ?? []))
        }
    }

    private mutating func tellScopes(_ batches: [EventBatch], _ index: AudienceIndex, _ frames: EventFrames) {
        for audience in index.scopes {
            var places: [WatchEventPlace] = []
            for batch in batches {
                for (offset, change) in batch.changes.enumerated() {
                    guard let action = audience.action(of: change, in: batch) else { continue }
                    places.append(WatchEventPlace(batch: batch, offset: offset, action: action))
                }
            }
            guard !places.isEmpty else { continue }
            deliveries.append(
                Delivery(watchers: audience.watchers, segments: frames.segments(of: places, audience.key.form)))
        }
    }
}
