import Federation
import NIOCore
import NIOWebSocket
import Registry
import ServiceCenterWire

/// All watchers of one event loop. Woken once for any number of changes; reads the log after its cursor, encodes each
/// event once, hands the same bytes to every connection that hears of it, and flushes each connection once.
final class WatchHub {
    private typealias Connections = [ObjectIdentifier: WatchConnection]

    private let services: Services
    private let eventLoop: any EventLoop
    private var cursor: Revision
    private var connections: Connections = [:]
    /// Who hears of a provider by its name, who of all in a tenant, who of everything, and who asks as which consumer.
    private var byName: [MicroserviceName: Connections] = [:]
    private var byTenant: [Tenant: Connections] = [:]
    private var ofEverything: Connections = [:]
    private var byConsumer: [MicroserviceKey: Connections] = [:]
    private var toFlush: Connections = [:]
    private var sent: [SourceID: Int] = [:]

    init(services: Services, eventLoop: any EventLoop) {
        self.services = services
        self.eventLoop = eventLoop
        cursor = services.view.revision
    }

    var uptime: Duration { services.uptime() }

    func add(_ connection: WatchConnection) {
        let id = ObjectIdentifier(connection)
        connections[id] = connection
        if case .consumer(let key) = connection.target {
            byConsumer[key, default: [:]][id] = connection
            services.watches.change { $0.consumers += 1 }
        } else {
            services.watches.change { $0.everything += 1 }
        }
        index(connection, in: services.view.tables)
    }

    func remove(_ connection: WatchConnection) {
        let id = ObjectIdentifier(connection)
        guard connections.removeValue(forKey: id) != nil else { return }
        unindex(connection)
        toFlush[id] = nil
        if case .consumer(let key) = connection.target {
            byConsumer[key]?[id] = nil
            if byConsumer[key]?.isEmpty ?? false { byConsumer[key] = nil }
            services.watches.change { $0.consumers -= 1 }
        } else {
            services.watches.change { $0.everything -= 1 }
        }
    }

    /// Delivers what happened since the last turn.
    func run() {
        let registry = services.registry
        switch registry.history(after: cursor) {
        case .batches(let batches):
            guard let last = batches.last else { return }
            let tables = registry.view.tables
            for batch in batches { deliver(batch, tables) }
            cursor = last.revision
        case .compacted:
            // The loop was held up for so long that the log went on without it: nobody here can be told all.
            cursor = registry.view.revision
            for connection in connections.values { giveUp(connection) }
        }
        flush()
    }

    private func deliver(_ batch: EventBatch, _ tables: RegistryTables) {
        for consumer in batch.consumers {
            for connection in (byConsumer[consumer] ?? [:]).values {
                unindex(connection)
                index(connection, in: tables)
            }
        }
        let before = Revision(epoch: batch.revision.epoch, sequence: batch.revision.sequence - 1)
        for (offset, change) in batch.changes.enumerated() {
            let position = WatchConnection.Position(revision: before, changes: offset)
            deliver(change, batch, at: position, tables)
        }
    }

    private func deliver(
        _ change: VisibleChange, _ batch: EventBatch, at position: WatchConnection.Position, _ tables: RegistryTables
    ) {
        var frame: ByteBuffer?
        for group in [byName[change.microservice.name], byTenant[change.microservice.tenant]] {
            for connection in (group ?? [:]).values
            where connection.filter?.hears(of: change.microservice, in: tables) ?? false {
                let ready = frame ?? WatchFrame.text(WatchMessage.encode(change, isFirstWord: batch.isFirstWord))
                frame = ready
                send(ready, of: change, to: connection, at: position)
            }
        }
        guard !ofEverything.isEmpty else { return }
        let ready = WatchFrame.text(WatchMessage.encode(change, at: batch.revision))
        for connection in ofEverything.values { send(ready, of: change, to: connection, at: position) }
    }

    private func send(
        _ frame: ByteBuffer, of change: VisibleChange, to connection: WatchConnection,
        at position: WatchConnection.Position
    ) {
        guard connection.send(frame, at: position) else { return }
        toFlush[ObjectIdentifier(connection)] = connection
        sent[change.source, default: 0] += 1
    }

    /// Sends a connection that fell behind what it missed, up to where this hub is, or as much as it takes.
    func catchUp(_ connection: WatchConnection, from start: WatchConnection.Position) {
        let registry = services.registry
        guard case .batches(let batches) = registry.history(after: start.revision) else {
            return giveUp(connection)
        }
        let tables = registry.view.tables
        for batch in batches where batch.revision <= cursor {
            let isFirst = batch.revision.sequence == start.revision.sequence + 1
            let before = Revision(epoch: batch.revision.epoch, sequence: batch.revision.sequence - 1)
            for (offset, change) in batch.changes.enumerated() where !isFirst || offset >= start.changes {
                guard connection.behind == nil else { return flush() }
                guard connection.filter?.hears(of: change.microservice, in: tables) ?? true else { continue }
                let frame =
                    connection.filter == nil
                    ? WatchMessage.encode(change, at: batch.revision)
                    : WatchMessage.encode(change, isFirstWord: batch.isFirstWord)
                send(
                    WatchFrame.text(frame), of: change, to: connection,
                    at: WatchConnection.Position(revision: before, changes: offset))
            }
        }
        flush()
    }

    func tick() {
        let now = uptime
        for connection in connections.values { connection.tick(at: now) }
    }

    /// Ends every watch, because the process stops.
    func closeAll() {
        for connection in connections.values { connection.close(.goingAway) }
    }

    /// A watcher that can no longer be told everything is sent away, so that it starts over.
    private func giveUp(_ connection: WatchConnection) {
        services.watches.change { $0.tooSlow += 1 }
        connection.close(.unknown(1013))
    }

    private func flush() {
        for connection in toFlush.values { connection.flush() }
        toFlush.removeAll(keepingCapacity: true)
        services.watches.sent(sent)
        sent.removeAll(keepingCapacity: true)
    }

    private func index(_ connection: WatchConnection, in tables: RegistryTables) {
        let id = ObjectIdentifier(connection)
        guard case .consumer(let key) = connection.target else {
            ofEverything[id] = connection
            return
        }
        let filter = WatchFilter(consumer: key, rules: tables.providers(of: key))
        connection.filter = filter
        if let names = filter.names {
            for name in names { byName[name, default: [:]][id] = connection }
        } else {
            byTenant[key.tenant, default: [:]][id] = connection
        }
    }

    private func unindex(_ connection: WatchConnection) {
        let id = ObjectIdentifier(connection)
        ofEverything[id] = nil
        guard case .consumer(let key) = connection.target else { return }
        byTenant[key.tenant]?[id] = nil
        for name in connection.filter?.names ?? [] {
            byName[name]?[id] = nil
            if byName[name]?.isEmpty ?? false { byName[name] = nil }
        }
    }
}
