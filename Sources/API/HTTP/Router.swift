package import NIOHTTP1

/// Finds the route of a request: a tree of path segments, so that the cost does not depend on the number of routes.
package struct Router: Sendable {
    package enum Match: Sendable {
        case route(Route, parameters: [(name: String, value: String)])
        /// The path exists, but not with this method.
        case methodNotAllowed([HTTPMethod])
        case notFound
    }

    private struct Node: Sendable {
        var literals: [String: Node] = [:]
        /// The child that takes any segment.
        var variable: [Node] = []
        var routes: [(route: Route, names: [String])] = []
    }

    private var root = Node()

    package init(_ routes: [Route]) {
        for route in routes {
            let segments = route.path.split(separator: "/").map(String.init)
            Router.insert(route, segments[...], names: [], into: &root)
        }
    }

    private static func insert(
        _ route: Route, _ segments: ArraySlice<String>, names: [String], into node: inout Node
    ) {
        guard let segment = segments.first else {
            node.routes.append((route, names))
            return
        }
        if segment.hasPrefix(":") {
            if node.variable.isEmpty { node.variable = [Node()] }
            insert(
                route, segments.dropFirst(), names: names + [String(segment.dropFirst())], into: &node.variable[0])
        } else {
            insert(route, segments.dropFirst(), names: names, into: &node.literals[segment, default: Node()])
        }
    }

    /// The route of a method and a path's segments.
    package func match(_ method: HTTPMethod, _ segments: [String]) -> Match {
        var values: [String] = []
        guard let node = find(segments[...], from: root, &values), !node.routes.isEmpty else { return .notFound }
        guard let found = node.routes.first(where: { $0.route.method == method }) else {
            return .methodNotAllowed(node.routes.map(\.route.method))
        }
        return .route(found.route, parameters: zip(found.names, values).map { (name: $0, value: $1) })
    }

    /// A literal segment goes before a variable one; a wrong turn is taken back.
    private func find(_ segments: ArraySlice<String>, from node: Node, _ values: inout [String]) -> Node? {
        guard let segment = segments.first else { return node.routes.isEmpty ? nil : node }
        if let next = node.literals[segment], let found = find(segments.dropFirst(), from: next, &values) {
            return found
        }
        guard let next = node.variable.first else { return nil }
        values.append(segment)
        if let found = find(segments.dropFirst(), from: next, &values) { return found }
        values.removeLast()
        return nil
    }
}
