extension WatchedHome {
    /// Registers so many consumers, lets each depend on all of the providers, and gives the paths of their watches.
    func consumeEverything(_ count: Int) throws -> [String] {
        let names = (0..<count).map { "\(prefix)consumer-\($0)" }
        let ids = register(names)
        let providers = providers.map { #"{"appId":"bench","serviceName":"\#($0.name)","version":"0+"}"# }
        try all(
            names.map { name in
                request(
                    "POST", "/v4/default/registry/dependencies",
                    #"{"dependencies":[{"consumer":{"appId":"bench","serviceName":"\#(name)","version":"1.0.0"},"#
                        + #""providers":[\#(providers.joined(separator: ","))]}]}"#)
            })
        return ids.map { "\(WatchedHome.path)/\($0)/watcher" }
    }

    /// Registers instances anew, each with its next number at the end.
    func renew(_ instances: Range<Int>, _ way: StormWay) throws {
        var (requests, lanes): ([() -> [UInt8]], [Int]) = ([], [])
        for instance in instances {
            let id = providers[instance % providers.count].id
            let steps =
                switch way {
                case .again: [registration(of: instance, number: 0), updating(instance)]
                case .twice: [registration(of: instance, number: 0), updating(instance), updating(instance)]
                case .anew:
                    [
                        request("DELETE", "\(WatchedHome.path)/\(id)/instances/i\(instance)"),
                        registration(of: instance, number: nextNumber(of: instance)),
                    ]
                }
            requests += steps
            lanes += steps.map { _ in instance }
        }
        try all(requests, lanes: lanes)
    }
}
