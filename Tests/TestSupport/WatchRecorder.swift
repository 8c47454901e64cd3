import Discovery
import Locks
import ServiceCenterWire

/// Follows a watch and keeps what came.
package final class WatchRecorder: Sendable {
    private struct State {
        var isOpen = false
        var texts: [String] = []
        var end: String?
    }

    private let state = Mutex(State())
    private let task: Mutex<Task<Void, Never>?> = Mutex(nil)

    /// Connects to a watch at `host:port`; returns once it is open.
    package static func open(_ address: String, path: String) async throws -> WatchRecorder {
        let recorder = WatchRecorder()
        let parts = address.split(separator: ":")
        let target = WebSocketClient.Target(host: String(parts[0]), port: Int(parts[1]) ?? 0, path: path)
        recorder.task.withLock { task in
            task = Task { await recorder.follow(target) }
        }
        try await eventually("the watch opens: \(recorder.end ?? "")") { recorder.isOpen || recorder.end != nil }
        return recorder
    }

    /// The watch of one consumer.
    package static func open(_ address: String, consumer: String) async throws -> WatchRecorder {
        try await open(address, path: "/v4/default/registry/microservices/\(consumer)/watcher")
    }

    private func follow(_ target: WebSocketClient.Target) async {
        do {
            try await WebSocketClient(target).run(
                onOpen: { self.state.withLock { $0.isOpen = true } },
                onText: { text in self.state.withLock { $0.texts.append(String(decoding: text, as: UTF8.self)) } })
        } catch {
            state.withLock { $0.end = "\(error)" }
        }
    }

    private var isOpen: Bool { state.withLock { $0.isOpen } }
    /// Every text frame so far.
    package var texts: [String] { state.withLock { $0.texts } }
    /// Why it ended; nil while it is open.
    package var end: String? { state.withLock { $0.end } }
    /// `ACTION source host` of every event so far, without what the extended watch says of itself.
    package var events: [String] {
        texts.compactMap { text in
            guard let event = try? WatchEvent(Array(text.utf8)), !event.instanceID.isEmpty else { return nil }
            return "\(event.action) \(event.source) \(event.hostName)"
        }
    }

    /// Waits until these events have come, in this order and nothing else.
    package func expect(_ expected: [String]) async throws {
        try await eventually("\(expected), but \(self.events)") { self.events.count >= expected.count }
        guard events == expected else { throw NeverHappened(what: "\(expected), but \(events)") }
    }

    package func close() async {
        let running = task.withLock { $0 }
        running?.cancel()
        await running?.value
    }
}
