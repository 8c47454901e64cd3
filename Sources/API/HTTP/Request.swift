package import NIOHTTP1
package import Registry
import ServiceCenterWire

/// One request, its body complete.
package struct Request: Sendable {
    package let method: HTTPMethod
    package let target: RequestTarget
    package let headers: HTTPHeaders
    package let body: [UInt8]
    /// The path's variable parts by name.
    package var parameters: [(name: String, value: String)] = []

    package init(method: HTTPMethod, target: String, headers: HTTPHeaders, body: [UInt8] = []) {
        self.method = method
        self.headers = headers
        self.body = body
        self.target = RequestTarget(target)
    }

    /// A variable part of the path; empty when the route has none of that name.
    package func parameter(_ name: String) -> String { parameters.first { $0.name == name }?.value ?? "" }

    /// The first value of a query key; empty when it is absent, as Go's `Query().Get`.
    package func query(_ name: String) -> String { target.query.first { $0.name == name }?.value ?? "" }

    /// The tenant that the request means: the domain of its header, the project of its path; `default` where it says
    /// nothing.
    package var tenant: Tenant {
        let project = parameter("project")
        return Tenant(domain: domain, project: project.isEmpty ? "default" : project)
    }

    package var domain: String {
        let header = headers.first(name: "X-Domain-Name") ?? ""
        return header.isEmpty ? "default" : header
    }

    /// The consumer that asks; nil when none is named.
    package var consumer: ServiceID? {
        let header = headers.first(name: "X-ConsumerId") ?? ""
        return header.isEmpty ? nil : ServiceID(header)
    }
}

extension Request {
    /// How many of something are asked for.
    func count(_ name: String, usual: Int, most: Int) throws(ServiceCenterError) -> Int {
        let text = query(name)
        guard !text.isEmpty else { return usual }
        guard let count = Int(text), (1...most).contains(count) else {
            throw ServiceCenterError(.invalidParameters, "parameter \(name) must be from 1 to \(most)")
        }
        return count
    }
}
