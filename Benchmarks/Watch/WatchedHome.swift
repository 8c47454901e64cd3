import Foundation

/// The real binary with an embedded registry: microservices that are watched, consumers that watch them, and updates of
/// their instances, each with a number and the time at which it was asked for.
final class WatchedHome {
    let server: Child
    let port: Int
    private let sockets: [LocalSocket]
    /// What the names of its microservices and consumers begin with.
    let prefix: String
    private(set) var providers: [(id: String, name: String)] = []
    private var numbers: [Int: Int] = [:]

    static let path = "/v4/default/registry/microservices"
    /// So that a frame has about 1 KB.
    private static let padding = String(repeating: "x", count: 420)

    /// Requests that are under way at once, each on a connection of its own.
    private static let connections = 96

    /// With another source beside the home, when there is an upstream at this port. `settings` are further ones of the
    /// server.
    init(_ folder: URL, settings more: String = "", upstream: Int? = nil) throws {
        let topology = folder.appending(path: "topology.yaml")
        let settings = upstream.map { #"{endpoints: ["http://127.0.0.1:\#($0)"], observe: required}"# }
        let source = settings.map { ", {name: upstream, plugin: servicecenter, settings: \($0)}" } ?? ""
        try """
        server: {listen: "127.0.0.1:0", limits: {watchers: 20000, connections: 20000}\(more)}
        home: home
        sources: [{name: home, plugin: local}\(source)]
        """.write(to: topology, atomically: true, encoding: .utf8)
        server = try Child(Child.sibling("mainstem"), ["serve", topology.path()], readsStandardError: true)
        let port = try server.listeningPort()
        self.port = port
        prefix = ""
        sockets = try (0..<WatchedHome.connections).map { _ in try LocalSocket(port: port) }
    }

    /// Other microservices and consumers of the same registry, which has to end after this.
    init(beside other: WatchedHome, prefix: String) throws {
        (server, port) = (other.server, other.port)
        self.prefix = prefix
        sockets = try (0..<WatchedHome.connections).map { _ in try LocalSocket(port: other.port) }
    }

    /// Registers microservices with one instance each, or one microservice with several.
    func provide(microservices: Int, instances: Int = 1) throws {
        let names = (0..<microservices).map { "\(prefix)provider-\($0)" }
        providers = zip(register(names), names).map { ($0, $1) }
        try all((0..<microservices * instances).map { registration(of: $0, number: 0) })
    }

    /// The request that registers an instance with a number, stamped when it is sent.
    func registration(of instance: Int, number: Int) -> () -> [UInt8] {
        let id = providers[instance % providers.count].id
        return { [self] in
            request(
                "POST", "\(WatchedHome.path)/\(id)/instances",
                #"{"instance":{"instanceId":"i\#(instance)","hostName":"host-\#(instance)","status":"UP","#
                    + #""endpoints":["rest://10.0.0.1:8080"],"#
                    + #""properties":{"stamp":"\#(instance),\#(number),\#(monotonic())"}}}"#)()
        }
    }

    /// Registers so many consumers, lets each find one of the providers, and gives the paths of their watches.
    func consume(_ count: Int) throws -> [String] {
        try consume(count, of: providers.map(\.name), application: "bench")
    }

    /// The same of microservices that a source has.
    func consume(_ count: Int, of providers: [String], application: String) throws -> [String] {
        let ids = register((0..<count).map { "\(prefix)consumer-\($0)" }, application: application)
        try all(
            ids.enumerated().map { number, id in
                let name = providers[number % providers.count]
                return request(
                    "GET", "/v4/default/registry/instances?appId=\(application)&serviceName=\(name)&version=0%2B",
                    headers: "X-ConsumerId: \(id)\r\n")
            })
        return ids.map { "\(WatchedHome.path)/\($0)/watcher" }
    }

    /// Updates instances, each with its next number: several at once, but never two of the same instance.
    func update(_ instances: [Int]) throws {
        try all(instances.map(updating), lanes: instances)
    }

    /// The number that an instance has next.
    func nextNumber(of instance: Int) -> Int {
        numbers[instance, default: 0] += 1
        return numbers[instance, default: 0]
    }

    /// The request for an instance's next number, stamped when it is sent.
    func updating(_ instance: Int) -> () -> [UInt8] {
        let number = nextNumber(of: instance)
        let id = providers[instance % providers.count].id
        return { [self] in
            let stamp = "\(instance),\(number),\(monotonic())"
            return request(
                "PUT", "\(WatchedHome.path)/\(id)/instances/i\(instance)/properties",
                #"{"properties":{"padding":"\#(WatchedHome.padding)","stamp":"\#(stamp)"}}"#)()
        }
    }

    /// The number that every instance has at least.
    func lowestNumber(of instances: Int) -> Int { (0..<instances).map { numbers[$0] ?? 0 }.min() ?? 0 }

    /// The value of a metric, its samples added up.
    func metric(_ name: String) -> Double {
        let answer = sockets[0].ask(request("GET", "/metrics")())
        return String(decoding: answer, as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix(name + "{") || $0.hasPrefix(name + " ") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }

    /// Ends the registry, too, unless this is beside another one.
    func end() {
        for socket in sockets { socket.end() }
        if prefix.isEmpty { server.end() }
    }

    func register(_ names: [String], application: String = "bench") -> [String] {
        names.map { name in
            let body = #"{"service":{"serviceName":"\#(name)","appId":"\#(application)","version":"1.0.0"}}"#
            let answer = String(decoding: sockets[0].ask(request("POST", WatchedHome.path, body)()), as: UTF8.self)
            return answer.firstMatch(of: /"serviceId":"([^"]+)"/).map { String($0.1) } ?? ""
        }
    }

    /// Sends requests over all connections, one under way on each; those of one lane over the same one.
    func all(_ requests: [() -> [UInt8]], lanes: [Int]? = nil) throws {
        var queues = Array(repeating: [Int](), count: sockets.count)
        for index in requests.indices { queues[(lanes?[index] ?? index) % sockets.count].append(index) }
        var next = Array(repeating: 0, count: sockets.count)
        var polled = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        var left = requests.count
        for lane in sockets.indices where !queues[lane].isEmpty { _ = sockets[lane].send(requests[queues[lane][0]]()) }
        while left > 0 {
            poll(&polled, nfds_t(polled.count), 1_000)
            // A connection that is idle for long is closed by the server: it says something too.
            for lane in sockets.indices where polled[lane].revents != 0 && next[lane] < queues[lane].count {
                let answer = sockets[lane].answer()
                guard answer.withUnsafeBytes({ AnswerHead($0)?.status }) == 200 else {
                    throw APIRequests.Missing(answer: String(decoding: answer, as: UTF8.self))
                }
                left -= 1
                next[lane] += 1
                if next[lane] < queues[lane].count { _ = sockets[lane].send(requests[queues[lane][next[lane]]]()) }
            }
        }
    }

    func request(
        _ method: String, _ path: String, _ body: String = "", headers: String = ""
    ) -> () -> [UInt8] {
        {
            Array(
                """
                \(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r
                Content-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)
                """.utf8)
        }
    }
}
