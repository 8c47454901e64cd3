package import Registry

/// One event as a watcher gets it: a text frame
/// `{"action":"CREATE","key":{tenant, appId, serviceName, version, environment},"instance":{…, "cluster":SOURCE}}`.
/// Rule: the recorded frames; `cluster` on the instance is ours.
package enum WatchMessage {
    /// What the extended watch says of itself, in the place of an action.
    package enum Note: String, Sendable {
        /// Everything that the watcher has counts no more: the present state follows.
        case compacted = "COMPACTED"
        /// The present state was told.
        case synced = "SYNCED"
        /// Nothing else happened.
        case heartbeat = "HEARTBEAT"
    }

    /// The frame's text for one change, told as what it is or as another action.
    package static func encode(_ change: VisibleChange, as action: VisibleChange.Action? = nil) -> [UInt8] {
        var writer = JSONWriter(reserving: change.instance.body.count + 256)
        writer.beginObject()
        let action = action ?? change.action
        writer.members(of: change, as: action.rawValue, from: change.source(toldAs: action))
        writer.endObject()
        return writer.bytes
    }

    /// The same for the extended watch: with the point in history at which it became visible, where the watch goes on
    /// behind it, and when it was heard of. Where an UPDATE is told as a DELETE, because the word passed to another
    /// source, `source` and `cluster` are the former one; the instance is as the present one has it.
    package static func encode(
        _ change: VisibleChange, as action: VisibleChange.Action, of batch: EventBatch, at cursor: EventCursor
    ) -> [UInt8] {
        var writer = JSONWriter(reserving: change.instance.body.count + 384)
        writer.beginObject()
        writer.member("revision", batch.revision.description)
        writer.member("cursor", cursor.description)
        let source = change.source(toldAs: action)
        writer.member("source", source.name)
        if source == change.source { writer.member("via", ifPresent: change.instance.path) }
        writer.key("observed")
        writer.decimal(batch.observed.seconds)
        writer.members(of: change, as: action.rawValue, from: source)
        writer.endObject()
        return writer.bytes
    }

    /// An instance as it is at a revision: a part of the state that the extended watch begins with. It was observed
    /// when its source was last confirmed.
    package static func encode(
        present instance: VisibleChange, at revision: Revision, confirmed: UnixTime?
    ) -> [UInt8] {
        var writer = JSONWriter(reserving: instance.instance.body.count + 384)
        writer.beginObject()
        writer.member("revision", revision.description)
        writer.member("source", instance.source.name)
        writer.member("via", ifPresent: instance.instance.path)
        if let confirmed {
            writer.key("observed")
            writer.decimal(confirmed.seconds)
        }
        writer.members(of: instance, as: "SNAPSHOT", from: instance.source)
        writer.endObject()
        return writer.bytes
    }

    /// A word of the extended watch about itself.
    package static func encode(_ note: Note, at cursor: EventCursor) -> [UInt8] {
        var writer = JSONWriter(reserving: 128)
        writer.beginObject()
        writer.member("revision", cursor.revision.description)
        writer.member("cursor", cursor.description)
        writer.member("action", note.rawValue)
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func members(of change: VisibleChange, as action: String, from source: SourceID) {
        member("action", action)
        key("key")
        key(object: change.microservice)
        key("instance")
        instance(
            change.instance, servedUnder: change.canonicalID, version: change.microservice.version,
            source: source)
    }
}

extension VisibleChange {
    /// The source that a message about it names: what goes, although the instance stays, is the former one's word.
    fileprivate func source(toldAs action: Action) -> SourceID {
        action == .delete && self.action != .delete ? formerSource ?? source : source
    }
}

/// A frame as a client of ours reads it.
package struct WatchEvent: Sendable {
    package var action = ""
    /// Where an extended watch goes on behind this; empty for any other frame.
    package var cursor = ""
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
            } else if reader.equals(key, "cursor") {
                cursor = try reader.string()
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
