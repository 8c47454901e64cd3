import ArgumentParser
import Discovery
import Registry
import ServiceCenterWire
import Topology

/// `mainstem watch`
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Print what is there and what happens in a registry, one instance a line, with its source.")

    @Option(help: ArgumentHelp("The registry to watch.", valueName: "url"))
    var server = "http://127.0.0.1:30100"

    @Option(help: ArgumentHelp("Hear what this consumer hears: a microservice's ID.", valueName: "id"))
    var consumer: String?

    @Flag(help: "Hear of every instance.")
    var all = false

    @Option(help: "The consumer's domain.")
    var domain = "default"

    @Option(help: "The consumer's project.")
    var project = "default"

    func validate() throws {
        guard all != (consumer != nil) else { throw ValidationError("Give either --consumer ID or --all.") }
    }

    func run() async throws {
        let endpoint = try endpoint()
        // Where to go on when the connection breaks: nothing is told twice, nothing is left out.
        var cursor = ""
        var pause = Duration.milliseconds(500)
        var told = ""
        while true {
            do {
                try await WebSocketClient(target(at: endpoint, after: cursor)).run(onOpen: {
                    Terminal.say("mainstem: watching \(server)")
                }) { text in
                    pause = .milliseconds(500)
                    told = ""
                    cursor = try show(text) ?? cursor
                }
            } catch let refusal as WatchRefused {
                throw Terminal.refuse(refusal)
            } catch let refusal as WebSocketClient.Failure where refusal.isRefusal {
                throw Terminal.refuse(refusal)
            } catch {
                // The same trouble is told once, however often it is tried again.
                if told != "\(error)" { Terminal.say("mainstem: \(error); trying again") }
                told = "\(error)"
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(10))
        }
    }

    private func endpoint() throws -> UpstreamEndpoint {
        do {
            return try UpstreamEndpoint(parsing: server)
        } catch {
            throw Terminal.refuse(TopologyError(file: "--server", line: nil, problem: "\(error)"))
        }
    }

    private func target(at endpoint: UpstreamEndpoint, after cursor: String) -> WebSocketClient.Target {
        let path =
            consumer.map { "/v4/\(project)/registry/microservices/\($0)/watcher" }
            ?? "/mainstem/v1/watch" + (cursor.isEmpty ? "" : "?after=\(cursor)")
        var target = WebSocketClient.Target(
            host: endpoint.host, port: endpoint.port, path: path, headers: [("X-Domain-Name", domain)])
        // By the authorities that this machine trusts.
        if endpoint.scheme == .https { target.tls = UpstreamTLS() }
        return target
    }

    /// Shows an event; gives the cursor behind it, when it has one.
    private func show(_ text: [UInt8]) throws -> String? {
        guard text.first == UInt8(ascii: "{") else {
            throw WatchRefused(description: "the server says: \(String(decoding: text, as: UTF8.self))")
        }
        let event = try WatchEvent(text)
        let cursor = event.cursor.isEmpty ? nil : event.cursor
        if event.action == WatchMessage.Note.compacted.rawValue {
            Terminal.say("mainstem: what was missed is not known any more; here is the present state")
        }
        guard !event.instanceID.isEmpty else { return cursor }
        let environment = event.environment.isEmpty ? "" : " [\(event.environment)]"
        let name = "\(event.application)/\(event.service)/\(event.version)\(environment)"
        let where_ = event.endpoints.joined(separator: ",")
        let columns = [
            SystemTimekeeper().now().clockText, event.action.padded(8), event.source.padded(8), name.padded(24),
            event.hostName.padded(14), event.status.padded(5), where_,
        ]
        Terminal.show(columns.joined(separator: "  "))
        return cursor
    }
}

extension WebSocketClient.Failure {
    /// Whether it is pointless to try again.
    fileprivate var isRefusal: Bool { if case .refused = self { true } else { false } }
}

/// What the server said instead of an event.
private struct WatchRefused: Error, CustomStringConvertible { let description: String }

extension String {
    fileprivate func padded(_ width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}
