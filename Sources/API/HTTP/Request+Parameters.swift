import ServiceCenterWire

extension Request {
    /// Refuses a query of anything else than these parameters, each of them once and with a value: a misspelt one would
    /// be passed over, and the answer would be one to another question. `mayBeEmpty` are those that need no value.
    ///
    /// For our own routes only: the real server passes over what it does not know, and clients rely on that.
    func takesOnly(_ known: [String], mayBeEmpty: [String] = []) throws(ServiceCenterError) {
        let query = target.query
        for (index, (name, value)) in query.enumerated() {
            let fault: String? =
                if !known.contains(name) {
                    "is unknown"
                } else if value.isEmpty, !mayBeEmpty.contains(name) {
                    "has no value"
                } else if query[..<index].contains(where: { $0.name == name }) {
                    "is given twice"
                } else {
                    nil
                }
            guard let fault else { continue }
            let rest = known.isEmpty ? "there is none here" : "known are: \(known.joined(separator: ", "))"
            throw ServiceCenterError(.invalidParameters, "the parameter '\(name)' \(fault); \(rest)")
        }
    }
}
