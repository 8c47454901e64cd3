import ArgumentParser
import Discovery

/// `mainstem explain`
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Who says what of a microservice, and why it is shown as it is.")

    @OptionGroup var server: OperatorOptions

    @Argument(help: "The microservice: its ID at any source, or application/name/version.")
    var service: String

    @Argument(help: "One of its instances: its ID.")
    var instance: String?

    @Option(help: "The domain of application/name/version.")
    var domain: String?

    @Option(help: "Its project.")
    var project: String?

    @Option(help: "Its environment.")
    var environment: String?

    func run() async throws {
        let query = OperatorOptions.query([
            ("service", service), ("instance", instance), ("domain", domain), ("project", project),
            ("environment", environment),
        ])
        try await server.show(.get, "/mainstem/v1/explain" + query, as: Self.lines)
    }

    static func lines(of reply: Reply) -> [String] {
        var lines: [String] = []
        for explained in reply["microservices"].list {
            lines += lines.isEmpty ? [] : [""]
            let aliases = explained["aliases"].words
            lines.append(explained["microservice"].microserviceName)
            lines.append(
                "served as \(explained["serviceId"].word)"
                    + (aliases.isEmpty ? "" : ", also known as \(aliases.joined(separator: ", "))")
                    + "; merge policy \(explained["policy"].word)")
            lines += [""] + sources(of: explained) + [""] + instances(of: explained)
        }
        for further in [filtered(of: reply), orphans(of: reply)] where !further.isEmpty {
            lines += (lines.isEmpty ? [] : [""]) + further
        }
        return lines
    }

    private static func filtered(of reply: Reply) -> [String] {
        reply["filtered"].list.flatMap { hidden -> [String] in
            var table = TextTable("INSTANCE", "HOST", "STATUS", "ENDPOINTS", "LEASE")
            for word in hidden["words"].list {
                let body = word["body"]
                table.add(
                    body["instanceId"].word, body["hostName"].word, body["status"].word, body.addresses,
                    lease(of: word))
            }
            let reason = hidden["hiddenBy"].word == "include" ? "does not include it" : "excludes it"
            let total = Int(hidden["instancesTotal"].number ?? 0)
            return [
                "out of sight: \(hidden["microservice"].microserviceName) of source \(hidden["source"].word) (as"
                    + " \(hidden["serviceId"].word), instances: \(total)): the topology \(reason)"
            ] + table.lines()
        }
    }

    private static func orphans(of reply: Reply) -> [String] {
        var table = TextTable(
            "INSTANCE", "SOURCE", "HIDDEN BY", "TENANT", "ID THERE", "HOST", "STATUS", "ENDPOINTS", "LEASE", "DOUBT")
        for word in reply["orphans"].list {
            let body = word["body"]
            table.add(
                body["instanceId"].word, word["source"].word, word["hiddenBy"].word, word["tenant"].word,
                word["serviceId"].word, body["hostName"].word, body["status"].word, body.addresses, lease(of: word),
                doubt(on: word))
        }
        return table.isEmpty ? [] : ["of a microservice that its source has not named:"] + table.lines()
    }

    private static func sources(of explained: Reply) -> [String] {
        var table = TextTable(
            "SOURCE", "STATE", "STANDING", "NEXT", "DATA AGE", "ID THERE", "REVISION", "FROM", "HELD BACK")
        for source in explained["sources"].list {
            table.add(
                source["source"].word, source["state"].word, source["standing"].word, source["next"].standing,
                source["dataAgeSeconds"].age, source["serviceId"].word, source["revision"].word,
                source["origin"].word, source["quarantine"].heldBack)
        }
        return table.lines()
    }

    private static func instances(of explained: Reply) -> [String] {
        var table = TextTable(
            "INSTANCE", "SHOWN", "DECIDED BY", "SOURCE", "HIDDEN BY", "HOST", "STATUS", "ENDPOINTS", "LEASE", "DOUBT")
        let instances = explained["instances"].list
        for instance in instances {
            let (id, shown, reason) = (
                instance["instanceId"].word, instance["visible"].word, instance["decidedBy"].word
            )
            for (number, word) in instance["words"].list.enumerated() {
                let body = word["body"]
                table.add(
                    number == 0 ? id : "", number == 0 ? shown : "", number == 0 ? reason : "", word["source"].word,
                    word["hiddenBy"].word, body["hostName"].word, body["status"].word, body.addresses,
                    lease(of: word), doubt(on: word))
            }
            for source in instance["dampedAt"].words {
                table.add(id, shown, reason, source, "", "", "", "", "", "damped: it comes and goes")
            }
        }
        guard !table.isEmpty else { return ["no instances"] }
        let left = (explained["instancesTotal"].number ?? 0) - Double(instances.count)
        return table.lines() + (left > 0 ? ["… and \(Int(left)) more"] : [])
    }

    private static func lease(of word: Reply) -> String {
        let end = word["expiresAt"].isThere ? ", ends at \(word["expiresAt"].clock) unless it is heard of" : ""
        return word["leaseSeconds"].word + " s" + end
    }

    private static func doubt(on word: Reply) -> String {
        let held = word["withdrawalHeld"]
        let until = held["until"].isThere ? " until \(held["until"].clock)" : ""
        let parts = [held.isThere ? "withdrawn, held\(until)" : "", word["damped"].isThere ? "damped" : ""]
        return parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }
}
