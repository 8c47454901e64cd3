import Registry

/// What one turn of a hub hands to whom: made once for all watchers of the event loop.
struct WatchTurn {
    /// Watchers who are handed the same.
    struct Delivery {
        let watchers: [Watcher]
        let segments: [WatchSegment]
    }

    /// Counts the turns of a hub.
    let number: UInt64
    private(set) var deliveries: [Delivery] = []
    /// How many events of each source and time are in it.
    private(set) var waits: [WatchSegment.Portion] = []

    /// The batches of one turn, told to the audiences that hear of them. What several audiences hear alike is put
    /// together once.
    init(
        _ number: UInt64, _ batches: [EventBatch], to index: AudienceIndex, in tables: RegistryTables,
        _ frames: EventFrames
    ) {
        self.number = number
        var slots: [MicroserviceKey: Int] = [:]
        var places: [[WatchEventPlace]] = []
        for batch in batches {
            for (offset, change) in batch.changes.enumerated() {
                waits.append(change.source, batch.observed)
                if index.isEmpty { continue }
                let place = WatchEventPlace(
                    batch: batch, offset: offset, action: batch.actionForConsumers(of: change))
                if let slot = slots[change.microservice] {
                    places[slot].append(place)
                } else {
                    slots[change.microservice] = places.count
                    places.append([place])
                }
            }
        }
        guard !index.isEmpty else { return }
        tellConsumers(slots, places, index, tables, frames)
        tellScopes(batches, index, frames)
    }

    private mutating func tellConsumers(
        _ slots: [MicroserviceKey: Int], _ places: [[WatchEventPlace]], _ index: AudienceIndex,
        _ tables: RegistryTables, _ frames: EventFrames
    ) {
        var touched: [Audience] = []
        var places = places
        for (provider, slot) in slots {
            // Of what a consumer depended on before, what ends is a row of places of its own.
            var ends: Int?
            index.forEach(hearing: provider, in: tables) { audience, endsOnly in
                var slot = slot
                if endsOnly {
                    if ends == nil {
                        ends = places.count
                        places.append(places[slot].filter { $0.change.action == .delete })
                    }
                    slot = ends ?? slot
                    guard !places[slot].isEmpty else { return }
                }
                if audience.turn != number {
                    audience.turn = number
                    audience.slots.removeAll(keepingCapacity: true)
                    touched.append(audience)
                }
                audience.slots.append(slot)
            }
        }
        // Most hear of one provider; who hears of several gets their events in the order of the history.
        var single = Array(repeating: [Watcher](), count: places.count)
        var several: [[Int]: [Watcher]] = [:]
        for audience in touched {
            if audience.slots.count == 1 {
                single[audience.slots[0]] += audience.watchers
            } else {
                several[audience.slots.sorted(), default: []] += audience.watchers
            }
        }
        for (slot, watchers) in single.enumerated() where !watchers.isEmpty {
            deliveries.append(Delivery(watchers: watchers, segments: frames.segments(of: places[slot], .plain)))
        }
        for (slots, watchers) in several {
            let all = slots.flatMap { places[$0] }.sorted(by: WatchEventPlace.precedes)
            deliveries.append(Delivery(watchers: watchers, segments: frames.segments(of: all, .plain)))
        }
    }

    private mutating func tellScopes(_ batches: [EventBatch], _ index: AudienceIndex, _ frames: EventFrames) {
        var touched: [(audience: Audience, places: [WatchEventPlace])] = []
        for batch in batches {
            for (offset, change) in batch.changes.enumerated() {
                index.forEach(mayHear: change) { audience in
                    guard let action = audience.action(of: change, in: batch) else { return }
                    if audience.turn != number {
                        audience.turn = number
                        audience.slots = [touched.count]
                        touched.append((audience, []))
                    }
                    touched[audience.slots[0]].places
                        .append(WatchEventPlace(batch: batch, offset: offset, action: action))
                }
            }
        }
        for (audience, places) in touched {
            deliveries.append(
                Delivery(watchers: audience.watchers, segments: frames.segments(of: places, audience.key.form)))
        }
    }
}
