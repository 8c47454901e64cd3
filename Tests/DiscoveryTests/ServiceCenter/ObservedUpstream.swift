import Foundation
import Locks
import Registry
import TestSupport

/// A service-center that lets itself be observed: answers with its dump, takes observers, and opens watches, over which
/// it tells what a test says.
final class ObservedUpstream: Sendable {
    struct State {
        var dump = SampleDump()
        var watches: [(path: String, domain: String, socket: ScriptedSocket)] = []
        /// Answers that take the place of the usual ones, by the end of the path.
        var others: [String: ScriptedAnswer] = [:]
        /// Whether it has the watch of everything, as a Mainstem.
        var isMainstem = false
        /// What is answered to the next request for the dump, when that is something else.
        var nextDump: ScriptedAnswer?
        /// How often the dump was asked for.
        var dumps = 0
        var asked: [RecordedRequest] = []
    }

    private let state = Mutex(State())

    var dump: SampleDump {
        get { state.withLock { $0.dump } }
        set { state.withLock { $0.dump = newValue } }
    }

    init(isMainstem: Bool = false) { state.withLock { $0.isMainstem = isMainstem } }

    /// The watches that are open now, each with the path that was asked for.
    var watches: [(path: String, domain: String, socket: ScriptedSocket)] {
        state.withLock { $0.watches }.filter { $0.socket.isOpen }
    }

    /// Every request so far but those for the dump.
    var asked: [RecordedRequest] { state.withLock { $0.asked } }

    /// Answers requests whose path ends so in another way; in the usual one again with nil.
    func answer(_ end: String, _ answer: ScriptedAnswer?) { state.withLock { $0.others[end] = answer } }

    var dumpsAskedFor: Int { state.withLock { $0.dumps } }

    /// Answers the next request for the dump in another way.
    func answerNextDump(_ answer: ScriptedAnswer) { state.withLock { $0.nextDump = answer } }

    /// Sends a text over every open watch.
    func send(_ text: String) { for watch in watches { watch.socket.send(text) } }

    /// Changes the host name of an instance, which may be new, in the dump and over the watches.
    func say(_ instance: String, of service: String, hostName: String, cluster: String? = nil) {
        let value = state.withLock { state in
            let isNew = !state.dump.entries.contains { $0.key.hasSuffix("/\(service)/\(instance)") }
            state.dump.rename(instance, of: service, to: hostName)
            return (isNew ? "CREATE" : "UPDATE", state.dump.entries.last?.value ?? "")
        }
        send(Self.frame(value.0, value.1, cluster: cluster))
    }

    /// Ends an instance, in the dump and over the watches.
    func end(_ instance: String, of service: String) {
        let value = state.withLock { state in
            let value = state.dump.entries.last { $0.key.hasSuffix("/\(service)/\(instance)") }?.value ?? ""
            state.dump.remove(instance, of: service)
            return value
        }
        send(Self.frame("DELETE", value))
    }

    /// A frame as a service-center writes it, or a Mainstem, which adds `cluster`; of the microservice whose name is
    /// its ID, unless it says otherwise.
    static func frame(_ action: String, _ value: String, cluster: String? = nil, of name: String? = nil) -> String {
        let instance = cluster.map { value.dropLast() + #","cluster":"\#($0)"}"# } ?? value
        let name = name ?? JSONValue(parsing: Array(value.utf8))?["serviceId"]?.text ?? ""
        let key = #"{"tenant":"default/default","appId":"shop","serviceName":"\#(name)","version":"1.0.0"}"#
        return #"{"action":"\#(action)","key":\#(key),"instance":\#(instance)}"#
    }

    /// The server's script.
    @Sendable func script(_ request: RecordedRequest) -> ScriptedAnswer {
        if request.path == "/v4/default/admin/dump" {
            return state.withLock { state in
                state.dumps += 1
                defer { state.nextDump = nil }
                return state.nextDump ?? .respond(body: state.dump.bytes)
            }
        }
        if request.path.hasPrefix("/mainstem/v1/watch") {
            return state.withLock { $0.isMainstem } ? watch(request) : .respond(status: 404)
        }
        let other = state.withLock { state in
            state.asked.append(request)
            return state.others.first { request.path.hasSuffix($0.key) }?.value
        }
        if let other { return other }
        let parts = request.path.split(separator: "/").map(String.init)
        let domain = request.header("X-Domain-Name") ?? ""
        switch (request.method, parts.last) {
        case ("POST", "microservices"):
            let environment = JSONValue(parsing: request.body)?["service"]?["environment"]?.text ?? ""
            let id = "observer-\(domain)-\(parts[1])-\(environment)"
            return .respond(body: Array(#"{"serviceId":"\#(id)"}"#.utf8))
        case ("PUT", "dependencies"): return .respond()
        case ("GET", "watcher"): return watch(request)
        case ("GET", let id?):
            let entry = dump.entries.last {
                $0.key.hasSuffix("/\(id)") && ["services", "instances"].contains($0.table)
            }
            guard let entry else { return .respond(status: 400, body: Array(#"{"errorCode":"400012"}"#.utf8)) }
            let name = entry.table == "services" ? "service" : "instance"
            return .respond(body: Array(#"{"\#(name)":\#(entry.value)}"#.utf8))
        default: return .respond(status: 404)
        }
    }

    private func watch(_ request: RecordedRequest) -> ScriptedAnswer {
        let socket = ScriptedSocket()
        state.withLock { $0.watches.append((request.path, request.header("X-Domain-Name") ?? "", socket)) }
        return .webSocket(socket)
    }
}
