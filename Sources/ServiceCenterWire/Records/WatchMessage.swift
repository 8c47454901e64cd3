package import Registry

/// One event as a watcher gets it: a text frame
/// `{"action":"CREATE","key":{tenant, appId, serviceName, version, environment},"instance":{…, "cluster":SOURCE}}`.
/// Rule: the recorded frames; `cluster` on the instance is ours.
package enum WatchMessage {
    /// The frame's text for one change. `isFirstWord` says that the watcher may know the instance from an earlier run:
    /// then it gets an UPDATE, because go-chassis adds whatever a CREATE names, known or not.
    package static func encode(_ change: VisibleChange, isFirstWord: Bool = false) -> [UInt8] {
        var writer = JSONWriter(reserving: change.instance.body.count + 256)
        writer.beginObject()
        writer.members(of: change, as: isFirstWord && change.action == .create ? .update : change.action)
        writer.endObject()
        return writer.bytes
    }

    /// The same with the point in history at which it became visible, for watchers of everything.
    package static func encode(_ change: VisibleChange, at revision: Revision) -> [UInt8] {
        var writer = JSONWriter(reserving: change.instance.body.count + 320)
        writer.beginObject()
        writer.member("revision", revision.description)
        writer.member("source", change.source.name)
        writer.members(of: change, as: change.action)
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func members(of change: VisibleChange, as action: VisibleChange.Action) {
        member("action", action.rawValue)
        key("key")
        key(object: change.microservice)
        key("instance")
        instance(
            change.instance, servedUnder: change.canonicalID, version: change.microservice.version,
            source: change.source)
    }
}

/// A frame as a client of ours reads it.
package struct WatchEvent: Sendable {
    package var action = ""
    package var application = ""
    package var environment = ""
    package var service = ""
    package var version = ""
    package var source = ""
    package var instanceID = ""
    package var hostName = ""
    package var status = ""
    package var endpoints: [String] = []

    /// Reads one frame; members that it does not know are passed over.
    package init(_ frame: [UInt8]) throws(JSONError) {
        self = try JSONReader.read(frame) { reader throws(JSONError) in try WatchEvent(from: &reader) }
    }

    private init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.equals(key, "action") {
                action = try reader.string()
            } else if reader.equals(key, "key") {
                try readKey(&reader)
            } else if reader.equals(key, "instance") {
                try readInstance(&reader)
            } else {
                try reader.skip()
            }
        }
    }

    private mutating func readKey(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.equals(key, "appId") {
                application = try reader.string()
            } else if reader.equals(key, "environment") || reader.equals(key, "env") {
                environment = try reader.string()
            } else if reader.equals(key, "serviceName") {
                service = try reader.string()
            } else if reader.equals(key, "version") {
                version = try reader.string()
            } else {
                try reader.skip()
            }
        }
    }

    private mutating func readInstance(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.equals(key, "instanceId") {
                instanceID = try reader.string()
            } else if reader.equals(key, "hostName") {
                hostName = try reader.string()
            } else if reader.equals(key, "status") {
                status = try reader.string()
            } else if reader.equals(key, "cluster") {
                source = try reader.string()
            } else if reader.equals(key, "endpoints") {
                endpoints = try reader.stringList()
            } else {
                try reader.skip()
            }
        }
    }
}
