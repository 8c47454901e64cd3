import Registry

extension JSONReader {
    /// A number that Go keeps in 32 bits.
    mutating func int32() throws(JSONError) -> Int64 {
        let value = try integer()
        guard Int32(exactly: value) != nil else { throw error("a number of more than 32 bits") }
        return value
    }

    /// An object whose values are strings; null counts as empty, also as a value.
    package mutating func stringMap() throws(JSONError) -> [String: String] {
        var map: [String: String] = [:]
        guard try !null() else { return map }
        try beginObject()
        while let key = try nextKey() { map[string(key)] = try null() ? "" : string() }
        return map
    }

    /// An array of strings; null counts as empty.
    package mutating func stringList() throws(JSONError) -> [String] {
        var list: [String] = []
        guard try !null() else { return list }
        try beginArray()
        while try nextElement() { list.append(try null() ? "" : string()) }
        return list
    }

    /// `{"serviceId":…,"instanceId":…}`; empty IDs where they are absent.
    mutating func instanceIDs() throws(JSONError) -> (ServiceID, InstanceID) {
        var (service, instance) = ("", "")
        try members { reader, key throws(JSONError) in
            if reader.equals(key, "serviceId") {
                service = try reader.string()
            } else if reader.equals(key, "instanceId") {
                instance = try reader.string()
            } else {
                try reader.skip()
            }
        }
        return (ServiceID(service), InstanceID(instance))
    }

    /// `{"Dependency":[{tenant, appId, serviceName, version, environment}]}`, as a consumer's entry has it; a Mainstem
    /// adds `via` to what came to it through others.
    mutating func providerRules(tenant: Tenant) throws(JSONError) -> [ProviderRule] {
        var rules: [ProviderRule] = []
        try beginObject()
        while let key = try nextKey() {
            guard equals(key, "Dependency") else {
                try skip()
                continue
            }
            if try null() { continue }
            try beginArray()
            while try nextElement() { rules.append(try providerRule(tenant: tenant)) }
        }
        return rules
    }

    /// One key. Some clients say `env` for `environment`.
    mutating func providerRule(tenant: Tenant) throws(JSONError) -> ProviderRule {
        var rule = ProviderRule(
            name: MicroserviceName(tenant: tenant, environment: "", application: "", name: ""), version: "")
        try beginObject()
        while let key = try nextKey() {
            if try null() { continue }
            if equals(key, "tenant") {
                let parts = try string().split(separator: "/", maxSplits: 1).map(String.init)
                if parts.count == 2 { rule.name.tenant = Tenant(domain: parts[0], project: parts[1]) }
            } else if equals(key, "env") || equals(key, "environment") {
                rule.name.environment = try string()
            } else if equals(key, "appId") {
                rule.name.application = try string()
            } else if equals(key, "serviceName") {
                rule.name.name = try string()
            } else if equals(key, "version") {
                rule.version = try string()
            } else if equals(key, "alias") {
                rule.alias = try string()
            } else if equals(key, "via"), try peek() == .string {
                rule.path = try string()
            } else {
                try skip()
            }
        }
        return rule
    }
}

extension AccessRule {
    /// Reads one rule of a black or white list.
    init(from reader: inout JSONReader) throws(JSONError) {
        self.init(kind: .black, attribute: "", pattern: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.equals(key, "ruleType") {
                kind = try reader.string() == "WHITE" ? .white : .black
            } else if reader.equals(key, "attribute") {
                attribute = try reader.string()
            } else if reader.equals(key, "pattern") {
                pattern = try reader.string()
            } else {
                try reader.skip()
            }
        }
    }
}
