/// A dump as a list of entries that a test changes as it likes.
struct SampleDump: Equatable {
    struct Entry: Equatable {
        var table: String
        var key: String
        var value: String
    }

    var entries: [Entry] = []
    var cluster = "up"

    /// So many microservices with so many instances each, with tags, a summary and a dependency.
    init(microservices: Int = 3, instances: Int = 2) {
        for index in 0..<microservices {
            add(microservice: "s\(index)")
            for instance in 0..<instances { add(instance: "i\(instance)", of: "s\(index)") }
        }
        add("serviceTags", "/cse-sr/ms/tags/default/default/s0", #"{"gray":"true"}"#)
        add("summaries", "/cse-sr/ms/schema-sum/default/default/s0/api", #""abc""#)
        let provider = #"{"tenant":"default/default","appId":"shop","serviceName":"s1","version":"0+"}"#
        add(
            "dependencyRules", "/cse-sr/ms/dep-rules/default/default/c//shop/s0/1.0.0",
            #"{"Dependency":[\#(provider)]}"#)
    }

    mutating func add(microservice id: String, level: String = "BACK") {
        add(
            "services", "/cse-sr/ms/files/default/default/\(id)",
            #"{"serviceId":"\#(id)","appId":"shop","serviceName":"\#(id)","version":"1.0.0","level":"\#(level)"}"#)
    }

    mutating func add(instance id: String, of service: String, hostName: String = "h") {
        add(
            "instances", "/cse-sr/inst/files/default/default/\(service)/\(id)",
            #"{"instanceId":"\#(id)","serviceId":"\#(service)","hostName":"\#(hostName)","status":"UP"}"#)
    }

    mutating func add(_ table: String, _ key: String, _ value: String) {
        entries.append(Entry(table: table, key: key, value: value))
    }

    /// The host name of one instance, which is all that tests change of it.
    mutating func rename(_ id: String, of service: String, to hostName: String) {
        remove(id, of: service)
        add(instance: id, of: service, hostName: hostName)
    }

    mutating func remove(_ id: String, of service: String) {
        entries.removeAll { $0.key == "/cse-sr/inst/files/default/default/\(service)/\(id)" }
    }

    /// Gives two microservices each other's IDs, and their instances with them.
    mutating func swapIDs(_ first: String, _ second: String) {
        let names = [first: second, second: first]
        for index in entries.indices where ["services", "instances"].contains(entries[index].table) {
            var path = entries[index].key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard let place = path.firstIndex(where: { names[$0] != nil }), let name = names[path[place]] else {
                continue
            }
            let id = #""serviceId":"\#(path[place])""#
            path[place] = name
            entries[index].key = path.joined(separator: "/")
            entries[index].value = entries[index].value.replacing(id, with: #""serviceId":"\#(name)""#)
        }
    }

    /// The dump's bytes. A table's entries stand in the order of `entries`.
    var bytes: [UInt8] {
        var tables: [(name: String, entries: [String])] = []
        for (number, entry) in entries.enumerated() {
            let text = #"{"key":"\#(entry.key)","rev":\#(number + 1),"cluster":"\#(cluster)","value":\#(entry.value)}"#
            if let index = tables.firstIndex(where: { $0.name == entry.table }) {
                tables[index].entries.append(text)
            } else {
                tables.append((entry.table, [text]))
            }
        }
        let members = tables.map { "\"\($0.name)\":[\($0.entries.joined(separator: ","))]" }
        return Array(#"{"cache":{\#(members.joined(separator: ","))}}"#.utf8)
    }
}
