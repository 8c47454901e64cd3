import Testing
import Topology

@Suite("A mistake in a topology")
struct TopologyMistakeTests {
    static let north = "sources:\n  - name: north\n    plugin: some\n"
    static let noDefault = "add it: it has no default"

    static let whole: [Faulty] = [
        Faulty("", line: 1, "the file is empty", remedy: "declare 'sources'"),
        Faulty("# a comment\n", line: 1, "the file is empty", remedy: "declare 'sources'"),
        Faulty("\n- a", line: 2, "a topology must be a mapping, not a list", remedy: "begin with 'sources:'"),
        Faulty("home: a\n", line: 1, "'sources' is missing", remedy: noDefault),
        Faulty("home: a\nsource: []", line: 2, "'sources' is missing", remedy: "rename 'source' to 'sources'"),
        Faulty("\nsources: []", line: 2, "'sources' is an empty list", remedy: "give it at least one item"),
        Faulty("sources: a", line: 1, "'sources' must be a list of mappings, not text"),
        Faulty("sources:\n- {name: a, plugin: b}\n- a", line: 3, "each item of 'sources' must be a mapping, not text"),
        Faulty(
            north + "homes: north", line: 4, "unknown key 'homes'",
            remedy: "did you mean 'home'? known keys: server, home, state, merge, sources"
        ),
        Faulty(north + "'': 1", line: 4, "unknown key ''", remedy: "known keys: server, home, state, merge, sources"),
        Faulty(
            north + "zzz: 1", line: 4, "unknown key 'zzz'", remedy: "known keys: server, home, state, merge, sources"),
        Faulty(
            "\nhome: nort\n" + north, line: 2, "'home' names 'nort', which is not a source",
            remedy: "did you mean 'north'? the sources are: north"
        ),
    ]

    @Test("of the whole file names its line", arguments: whole)
    func namesLine(whole faulty: Faulty) {
        faulty.check()
    }

    static let sources: [Faulty] = [
        Faulty("sources:\n  - plugin: some", line: 2, "'name' is missing in 'sources'", remedy: noDefault),
        Faulty("sources:\n  - name: north", line: 2, "'plugin' is missing in 'sources'", remedy: noDefault),
        Faulty(
            "sources:\n  - plugin: some\n    name: -north", line: 3, "'-north' is not a source's name",
            remedy: "use 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or a digit"
        ),
        Faulty(
            north + "  - plugin: some\n    name: north", line: 5, "the name 'north' is taken by the source on line 2",
            remedy: "give each source a name of its own"
        ),
        Faulty(
            north + "    setting: {}", line: 4, "unknown key 'setting' in 'sources'",
            remedy: "did you mean 'settings'? known keys: name, plugin, datacenter, stale, quarantine, damping, "
                + "include, exclude, rename, rewrite, settings"
        ),
        Faulty(north + "    datacenter: az1", line: 4, "'datacenter' must be a mapping, not text"),
        Faulty(
            north + "    datacenter:\n      name: a\n      region: b", line: 4,
            "'availableZone' is missing in 'sources.datacenter'", remedy: noDefault
        ),
        Faulty(
            north + "    settings:\n", line: 4, "'settings' has no value", remedy: "give it one, or remove the key"
        ),
        Faulty(north + "    settings: [1]\n", line: 4, "'settings' must be a mapping, not a list"),
    ]

    @Test("of a source names its line", arguments: sources)
    func namesLine(source faulty: Faulty) {
        faulty.check()
    }

    static let server: [Faulty] = [
        Faulty(
            "server:\n  listen: 0.0.0.0\n" + north, line: 2,
            "'0.0.0.0' has no port: write it like 127.0.0.1:30100, 0.0.0.0:30100 or [::1]:30100"
        ),
        Faulty(
            "server:\n  limits:\n    watcher: 1\n" + north, line: 3, "unknown key 'watcher' in 'server.limits'",
            remedy: "did you mean 'watchers'? "
                + "known keys: connections, watchers, bodyBytes, headerBytes, eventLogChanges, journalEntries, "
                + "waitingRequests, waitingBytes, keptAnswerBytes, watchStall, watchReturn"
        ),
        Faulty(
            "server:\n  port: 1\n" + north, line: 2, "unknown key 'port' in 'server'",
            remedy: "known keys: listen, admin, start, coalesce, coalesceFirst, limits"
        ),
        Faulty(
            "server:\n  coalesceFirst: true\n" + north, line: 2,
            "'coalesceFirst' says how 'coalesce' is meant, which is missing",
            remedy: "add it to 'server', like: coalesce: 100ms"
        ),
        limit("connections: 0", "a whole number from 1 to 1000000, not '0'"),
        limit("watchers: 1000001", "a whole number from 1 to 1000000, not '1000001'"),
        limit("watchers: \"10\"", "a whole number from 1 to 1000000, not the quoted text '10'"),
        limit("eventLogChanges: 1023", "a whole number from 1024 to 16777216, not '1023'"),
        limit("eventLogChanges: 65_536", "a whole number from 1024 to 16777216, not '65_536'"),
        limit("bodyBytes: 65MiB", "a size from 1KiB to 64MiB, not '65MiB'", remedy: ByteSize.forms),
        limit("headerBytes: 32KB", "a size from 1KiB to 64KiB, not '32KB'", remedy: ByteSize.forms),
        limit("headerBytes: [1]", "a size from 1KiB to 64KiB, not a list", remedy: ByteSize.forms),
    ]

    @Test("of the server names its line", arguments: server)
    func namesLine(server faulty: Faulty) {
        faulty.check()
    }

    private static func limit(_ text: String, _ expected: String, remedy: String? = nil) -> Faulty {
        let key = text.prefix { $0 != ":" }
        return Faulty(
            "server:\n  limits:\n\n    \(text)\n" + north, line: 4, "'\(key)' must be \(expected)", remedy: remedy
        )
    }
}
