import ArgumentParser
import Discovery

/// `mainstem conflicts`
struct ConflictsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts", abstract: "What sources say that cannot all be so, with all sides.")

    @OptionGroup var server: OperatorOptions

    @Option(help: "Of this kind: service_id, content or endpoint.")
    var kind: String?

    @Option(help: "At most so many of each kind.")
    var limit = 100

    func run() async throws {
        let query = OperatorOptions.query([("kind", kind), ("limit", "\(limit)")])
        try await server.show(.get, "/mainstem/v1/conflicts" + query, as: Self.lines)
    }

    static func lines(of reply: Reply) -> [String] {
        guard case .object(let totals) = reply["totals"] else { return [] }
        let counts = totals.map { "\($0.value.word) of \($0.name)" }.joined(separator: ", ")
        guard totals.contains(where: { $0.value.word != "0" }) else { return ["no conflicts"] }
        var table = TextTable("KIND", "MICROSERVICE", "INSTANCE", "ENDPOINT", "SOURCE", "ID OF THE MICROSERVICE")
        for conflict in reply["conflicts"].list {
            for (number, side) in conflict["sides"].list.enumerated() {
                table.add(
                    number == 0 ? conflict["kind"].word : "", side["microservice"].microserviceName,
                    side["instanceId"].word, conflict["endpoint"].word, side["source"].word, side["serviceId"].word)
            }
        }
        return ["conflicts: \(counts)", ""] + table.lines()
    }
}
