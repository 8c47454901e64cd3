import ArgumentParser
import Discovery
import Topology

/// Which running Mainstem an operator's command asks, and how the answer is shown.
struct OperatorOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The Mainstem to ask.", valueName: "url"))
    var server = "http://127.0.0.1:30100"

    @Flag(help: "Print the answer as it came, as JSON.")
    var json = false

    /// Asks, and prints the answer in the words that `tell` finds for it; a refusal ends the command with what the
    /// server says.
    func show(
        _ method: TransferRequest.Method, _ path: String, _ segments: String..., body: [UInt8]? = nil,
        as tell: (Reply) -> [String]
    ) async throws {
        let transfers = HTTPTransfers()
        defer { transfers.shutdown() }
        let target = ([path] + segments.map(PathSegment.encode)).joined(separator: "/")
        let (status, answer): (Int, [UInt8])
        do {
            let response = try await transfers.start(
                TransferRequest(method, url: server + target, headers: [], body: body, timeout: .seconds(10)))
            (status, answer) = (response.status, try await response.collect())
        } catch {
            throw Terminal.refuse(OperatorFailure(description: "\(QuotedText.plain(server)): \(error)"))
        }
        let reply = try? Reply(answer)
        guard status == 200 else {
            let detail = reply?["detail"].word ?? ""
            let text = detail.isEmpty ? String(decoding: answer, as: UTF8.self) : detail
            throw Terminal.refuse(
                OperatorFailure(description: "\(QuotedText.plain(server)) answered \(status): \(text)"))
        }
        guard !json, answer.isEmpty || reply != nil else {
            return Terminal.show(String(decoding: answer, as: UTF8.self))
        }
        for line in tell(reply ?? .null) { Terminal.show(line) }
    }

    /// A query of those wishes that were made: `?name=value&…`, or nothing.
    static func query(_ wishes: [(name: String, value: String?)]) -> String {
        let made = wishes.compactMap { name, value in value.map { "\(name)=\(PathSegment.encode($0))" } }
        return made.isEmpty ? "" : "?" + made.joined(separator: "&")
    }
}

/// Why an operator's command has no answer.
private struct OperatorFailure: Error, CustomStringConvertible { let description: String }
