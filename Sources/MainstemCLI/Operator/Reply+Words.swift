import Registry

/// How the parts of answers are told.
extension Reply {
    /// `domain/project application/name/version [environment]`; domain and project only when they are not the default.
    var microserviceName: String {
        let tenant = self["tenant"].word
        let environment = self["environment"].word
        return (tenant == "default/default" || tenant.isEmpty ? "" : tenant + " ")
            + [self["appId"].word, self["serviceName"].word, self["version"].word].joined(separator: "/")
            + (environment.isEmpty ? "" : " [\(environment)]")
    }

    /// Day and time in UTC, of seconds since 1970; empty when there are none.
    var clock: String { number.map { UnixTime(nanoseconds: Int64($0 * 1e9)).dateText } ?? "" }

    /// Seconds as `0.4 s`, `12 s`, `3 min` or `5 h`; empty when there are none.
    var age: String {
        guard let seconds = number else { return "" }
        return switch seconds {
        case ..<10: "\((seconds * 10).rounded() / 10) s"
        case ..<120: "\(Int(seconds)) s"
        case ..<7_200: "\(Int(seconds / 60)) min"
        default: "\(Int(seconds / 3_600)) h"
        }
    }

    /// The addresses of an instance.
    var addresses: String { self["endpoints"].list.map(\.word).joined(separator: ",") }

    /// The words of a list.
    var words: [String] { list.map(\.word) }

    /// So many of something: `1 instance`, `3 instances`.
    func count(of thing: String) -> String { "\(word) \(thing)\(word == "1" ? "" : "s")" }

    /// What a source's word becomes next; empty when it stays what it is.
    var standing: String {
        isThere ? "\(self["standing"].word) at \(self["at"].clock) unless it is read before" : ""
    }

    /// What is held back of a source; empty when nothing is.
    var heldBack: String {
        var parts: [String] = []
        if self["reason"].isThere {
            let until = self["until"].isThere ? " until \(self["until"].clock)" : ""
            parts.append(
                "\(self["instances"].count(of: "instance")) and \(self["microservices"].count(of: "microservice")) held"
                    + "\(until) (\(self["reason"].word), confirmed \(self["confirmations"].count(of: "time")))")
        }
        if case .flag(true) = self["heldByOperator"] { parts.append("held by the operator") }
        if let damped = self["dampedInstances"].number, damped > 0 {
            parts.append("\(self["dampedInstances"].count(of: "instance")) damped")
        }
        return parts.joined(separator: "; ")
    }
}
