import ArgumentParser
import Discovery

/// `mainstem sources`
struct SourcesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources", abstract: "How every source does, the strongest first.")

    @OptionGroup var server: OperatorOptions

    func run() async throws { try await server.show(.get, "/mainstem/v1/sources", as: Self.lines) }

    static func lines(of reply: Reply) -> [String] {
        var table = TextTable(
            "SOURCE", "PLUGIN", "STATE", "SINCE (UTC)", "DATA AGE", "MODE", "STANDING", "MICROSERVICES", "INSTANCES")
        var notes: [String] = []
        for source in reply["sources"].list {
            let state = source["state"].word + (source["restored"].isThere ? ", restored" : "")
            table.add(
                source["name"].word, source["plugin"].word, state, source["since"].clock, source["dataAgeSeconds"].age,
                source["mode"].word, source["standing"].word, source["microservices"]["held"].word,
                source["instances"]["held"].word)
            notes += Self.notes(on: source).map { "\(source["name"].word): \($0)" }
        }
        return table.lines() + (notes.isEmpty ? [] : [""] + notes)
    }

    /// What an operator has to know of a source beyond its row.
    private static func notes(on source: Reply) -> [String] {
        var notes: [String] = []
        if source["consecutiveFailures"].word != "0" {
            let last = source["lastFailure"]
            notes.append(
                "\(source["consecutiveFailures"].count(of: "failure")) in a row, the last at"
                    + " \(last["at"].clock): \(last["reason"].word)"
            )
        }
        if source["next"].isThere { notes.append("its instances are \(source["next"].standing)") }
        if source["modeReason"].isThere { notes.append("polled: \(source["modeReason"].word)") }
        if source["filtered"].isThere {
            let filtered = source["filtered"]
            notes.append(
                "its filters keep \(filtered["microservices"].count(of: "microservice")) and"
                    + " \(filtered["instances"].count(of: "instance")) out of sight;"
                    + " \(filtered["orphans"].word) wait for their microservice"
            )
        }
        if case let held = source["quarantine"].heldBack, !held.isEmpty { notes.append(held) }
        if source["notKept"].isThere { notes.append("not kept on disk: \(source["notKept"].word)") }
        if source["secretFault"].isThere { notes.append("\(source["secretFault"].word); what it had before is used") }
        for endpoint in source["endpoints"].list where endpoint["state"].word != "healthy" {
            let reason = endpoint["lastFailure"]["reason"].word
            notes.append(
                "\(endpoint["url"].word) is \(endpoint["state"].word)\(reason.isEmpty ? "" : ": \(reason)")")
        }
        return notes
    }
}
