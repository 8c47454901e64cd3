import Foundation

/// One row: requests that take turns, ready to be sent, by round; and the status of their answers.
struct APIRow {
    let name: String
    let requests: (Int) -> [String]
    let status: Int

    init(_ name: String, _ requests: [String], status: Int = 200) {
        self.init(name, status: status) { _ in requests }
    }

    init(_ name: String, status: Int = 200, _ requests: @escaping (Int) -> [String]) {
        self.name = name
        self.requests = requests
        self.status = status
    }
}

/// The requests of the API benchmark, as clients of service-center write them.
struct APIRequests {
    let consumer: String
    let dump: DumpText
    private static let home = "/v4/default/registry/microservices"

    /// The finds, at a registry that has the dump; asks it for the revision that makes a 304.
    func finds(_ server: LocalSocket) throws -> [APIRow] {
        let answer = String(decoding: server.ask(Array(find("sized-1").utf8)), as: UTF8.self)
        guard let mark = answer.range(of: "X-Resource-Revision: ") else { throw Missing(answer: answer) }
        let revision = answer[mark.upperBound...].prefix { $0.isHexDigit }
        return [
            APIRow("find, 304", [find("sized-1", more: "&rev=\(revision)")], status: 304),
            APIRow("find, 1 instance", [find("sized-1")]),
            APIRow("find, 100", [find("sized-100")]),
            APIRow("find, 1,000", [find("sized-1000")]),
            APIRow("find, 1,000, gzip", [find("sized-1000", headers: "Accept-Encoding: gzip\r\n")]),
            APIRow("batch find of 10", [batch()]),
        ]
    }

    /// Heartbeats and registrations at the home; registers what they need.
    func writes(_ server: LocalSocket) throws -> [APIRow] {
        let id = try register("bench", server)
        let path = "\(APIRequests.home)/\(id)/instances"
        let beating = (0..<100).map { "beating-\($0)" }
        for name in beating { _ = server.ask(Array(post(path, instance(name)).utf8)) }
        let others = try (0..<100).map { try register("bench-\($0)", server) }
        return [
            APIRow("heartbeat", beating.map { request("PUT", "\(path)/\($0)/heartbeat") }),
            APIRow("register an instance") { round in
                (0..<APIRequests.registrations).map { number in
                    post("\(APIRequests.home)/\(others[number % 100])/instances", instance("new-\(round)-\(number)"))
                }
            },
        ]
    }

    /// New instances that are registered in one round; when there is time for more, they are registered once more.
    private static let registrations = 15_000

    /// Registers a microservice and gives its ID.
    private func register(_ name: String, _ server: LocalSocket) throws -> String {
        let body = #"{"service":{"serviceName":"\#(name)","appId":"shop"}}"#
        let answer = String(decoding: server.ask(Array(post(APIRequests.home, body).utf8)), as: UTF8.self)
        guard let id = answer.firstMatch(of: /"serviceId":"([^"]+)"/)?.1 else { throw Missing(answer: answer) }
        return String(id)
    }

    /// The registry did not answer as the benchmark needs it.
    struct Missing: Error {
        let answer: String
    }

    func find(_ name: String, more: String = "", headers: String = "") -> String {
        let path = "/v4/default/registry/instances?appId=shop&serviceName=\(name)&version=0.0.0.0%2B\(more)"
        return request("GET", path, headers: "X-ConsumerId: \(consumer)\r\n" + headers)
    }

    private func batch() -> String {
        let names = (1...9).map { dump.name($0) } + [dump.name(11)]
        let services = names.map { name in
            #"{"service":{"appId":"shop","serviceName":"\#(name)","version":"0.0.0.0+"}}"#
        }
        let body = #"{"services":[\#(services.joined(separator: ","))]}"#
        return post(
            "/v4/default/registry/instances/action?type=query", body, headers: "X-ConsumerId: \(consumer)\r\n")
    }

    private func instance(_ name: String) -> String {
        """
        {"instance":{"instanceId":"\(name)","hostName":"host-\(name)","endpoints":\
        ["rest://\(name).example.internal:8080?sslEnabled=false"],"status":"UP","properties":{"build":"2026.11"},\
        "healthCheck":{"mode":"push","interval":30,"times":3}}}
        """
    }

    private func post(_ path: String, _ body: String, headers: String = "") -> String {
        request("POST", path, headers: headers + "Content-Length: \(body.utf8.count)\r\n") + body
    }

    private func request(_ method: String, _ path: String, headers: String = "") -> String {
        """
        \(method) \(path) HTTP/1.1\r
        Host: 127.0.0.1:30100\r
        User-Agent: bench\r
        X-Domain-Name: default\r
        Content-Type: application/json\r
        \(headers)\r\n
        """
    }
}
