import ArgumentParser
import Discovery
import Registry
import ServiceCenterWire
import Topology

/// `mainstem watch`
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Print the events of a registry, one a line, with their source.")

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
        let client = WebSocketClient(try target())
        var pause = Duration.milliseconds(500)
        while true {
            do {
                try await client.run(onOpen: { Terminal.say("mainstem: watching \(server)") }) { text in
                    pause = .milliseconds(500)
                    try show(text)
                }
            } catch let refusal as WatchRefused {
                throw Terminal.refuse(refusal)
            } catch WebSocketClient.Failure.refused {
                throw Terminal.refuse(WebSocketClient.Failure.refused)
            } catch {
                Terminal.say("mainstem: \(error); trying again in \(pause.formattedSeconds)")
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(10))
        }
    }

    private func target() throws -> WebSocketClient.Target {
        let endpoint: UpstreamEndpoint
        do {
            endpoint = try UpstreamEndpoint(parsing: server)
        } catch {
            throw Terminal.refuse(TopologyError(file: "--server", line: nil, problem: "\(error)"))
        }
        guard endpoint.scheme == .http else {
            throw Terminal.refuse(
                TopologyError(file: "--server", line: nil, problem: "https is not supported by this command yet"))
        }
        let path =
            consumer.map { "/v4/\(project)/registry/microservices/\($0)/watcher" } ?? "/mainstem/v1/watch"
        return WebSocketClient.Target(
            host: endpoint.host, port: endpoint.port, path: path, headers: [("X-Domain-Name", domain)])
    }

    private func show(_ text: [UInt8]) throws {
        guard text.first == UInt8(ascii: "{") else {
            throw WatchRefused(description: "the server says: \(String(decoding: text, as: UTF8.self))")
        }
        let event = try WatchEvent(text)
        let environment = event.environment.isEmpty ? "" : " [\(event.environment)]"
        let name = "\(event.application)/\(event.service)/\(event.version)\(environment)"
        let where_ = event.endpoints.joined(separator: ",")
        let columns = [
            SystemTimekeeper().now().clockText, event.action.padded(6), event.source.padded(8), name.padded(24),
            event.hostName.padded(14), event.status.padded(5), where_,
        ]
        Terminal.show(columns.joined(separator: "  "))
    }
}

/// What the server said instead of an event.
private struct WatchRefused: Error, CustomStringConvertible { let description: String }

extension String {
    fileprivate func padded(_ width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}

extension Duration {
    fileprivate var formattedSeconds: String {
        "\(Double(components.attoseconds) * 1e-18 + Double(components.seconds)) s"
    }
}

extension UnixTime {
    /// The time of day in UTC, `hh:mm:ss.mmm`.
    fileprivate var clockText: String {
        func padded(_ value: Int64, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let milliseconds = nanoseconds / 1_000_000
        let seconds = milliseconds / 1_000 % 86_400
        let parts = [padded(seconds / 3_600, 2), padded(seconds / 60 % 60, 2), padded(seconds % 60, 2)]
        return parts.joined(separator: ":") + "." + padded(milliseconds % 1_000, 3)
    }
}
