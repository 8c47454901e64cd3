import Discovery
import Logging
import Registry

/// Log lines as an operator reads them: time, level, what happened, then the facts as `name="value"`.
struct ConsoleLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            .map { " \($0.key)=\(ConsoleLog.quoted("\($0.value)"))" }.joined()
        Terminal.say("\(SystemTimekeeper().now().clockText) \(event.level) \(event.message)\(facts)")
    }

    /// Quoted where it has anything but what a name has.
    private static func quoted(_ value: String) -> String {
        let isPlain = value.utf8.allSatisfy { byte in
            byte > 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=") && byte < 0x7F
        }
        return isPlain && !value.isEmpty ? value : "\"\(value.replacing("\"", with: "'"))\""
    }
}
