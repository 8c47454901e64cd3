import ArgumentParser
import Discovery

/// Which running Mainstem an operator's command asks.
struct OperatorOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The Mainstem to ask.", valueName: "url"))
    var server = "http://127.0.0.1:30100"

    /// Asks, and prints the answer; a refusal ends the command with what the server says.
    func show(
        _ method: TransferRequest.Method, _ path: String, _ segments: String..., body: [UInt8]? = nil
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
            throw Terminal.refuse(OperatorFailure(description: "\(server): \(error)"))
        }
        let text = String(decoding: answer, as: UTF8.self)
        guard status == 200 else {
            throw Terminal.refuse(OperatorFailure(description: "\(server) answered \(status): \(text)"))
        }
        if !text.isEmpty { Terminal.show(text) }
    }
}

/// Why an operator's command has no answer.
private struct OperatorFailure: Error, CustomStringConvertible { let description: String }
