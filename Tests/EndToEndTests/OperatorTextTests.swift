import Discovery
import Glibc
import Registry
import TestSupport
import Testing

@testable import MainstemCLI

/// What the operator's commands say in words.
@Suite struct OperatorTextTests {
    private func say(_ arguments: [String], to address: String) async throws -> [String] {
        let process = try MainstemProcess(arguments + ["--server", "http://\(address)"])
        #expect(try await process.ended() == 0, "\(process.standardError)")
        try await eventually("something is said") { process.standardOutput.hasSuffix("\n") }
        return process.standardOutput.split(separator: "\n").map(String.init)
    }

    @Test("every command answers in rows that can be read, for a registry beside an upstream that is away")
    func words() async throws {
        let process = try MainstemProcess([
            "serve", "--sources", "away=http://127.0.0.1:9", "--listen", "127.0.0.1:0",
        ])
        let address = try await process.address()
        let sources = try await say(["sources"], to: address)
        #expect(sources.first?.hasPrefix("SOURCE  PLUGIN ") == true)
        #expect(sources.dropFirst().first?.hasPrefix("away    servicecenter  s") == true)
        #expect(sources.last?.hasPrefix("away: http://127.0.0.1:9 is ") == true)
        process.signal(SIGTERM)
        #expect(try await process.ended() == 0)
    }

    @Test("explain, diff, conflicts, quarantine, journal and plan of a registry with one instance")
    func registry() async throws {
        let process = try MainstemProcess(["serve", "--local", "home", "--listen", "127.0.0.1:0"])
        let address = try await process.address()
        let transfers = HTTPTransfers()
        let client = RegistryClient(address, transfers)
        let cart = try await client.register("cart")
        let instance = try await client.start("one", of: cart)

        let explained = try await say(["explain", "shop/cart/1.0.0"], to: address)
        #expect(explained.prefix(2) == ["shop/cart/1.0.0", "served as \(cart); merge policy precedence"])
        #expect(explained.last?.hasPrefix("\(instance) ") == true)
        #expect(explained.last?.contains("  yes    only        home    one   UP  ") == true)
        #expect(explained.last?.contains(/120 s, ends at \d{4}-\d\d-\d\d \S+ unless it is heard of$/) == true)
        #expect(try await say(["diff", "home", "home"], to: address) == ["home and home say the same"])
        #expect(try await say(["conflicts"], to: address) == ["no conflicts"])
        #expect(try await say(["quarantine"], to: address) == ["nothing is held back"])
        let held = try await say(["quarantine", "hold", "home"], to: address)
        #expect(held == ["what home withdraws is held until it is released"])
        #expect(try await say(["quarantine"], to: address) == ["home: held by the operator"])
        let released = try await say(["quarantine", "release", "home"], to: address)
        #expect(released == ["home is believed: 0 instances withdrawn"])
        let journal = try await say(["journal", "--source", "home", "--instance", instance], to: address)
        #expect(journal.count == 2)
        #expect(journal.last?.contains("  CREATE  home    write  shop/cart/1.0.0  \(instance)") == true)
        process.signal(SIGTERM)
        #expect(try await process.ended() == 0)
        transfers.shutdown()
    }

    @Test("an instance whose microservice its source has not named is told below the others")
    func orphans() throws {
        let word = #""source":"s","hiddenBy":"orphan","tenant":"a/b","serviceId":"x","leaseSeconds":120"#
        let reply = #"{"microservices":[],"orphans":[{\#(word),"body":{"instanceId":"i","status":"UP"}}]}"#
        #expect(
            ExplainCommand.lines(of: try Reply(Array(reply.utf8))) == [
                "of a microservice that its source has not named:",
                "INSTANCE  SOURCE  HIDDEN BY  TENANT  ID THERE  STATUS  LEASE",
                "i         s       orphan     a/b     x         UP      120 s",
            ])
    }

    @Test("what becomes of a source that is away, and when, is told beside what it is worth")
    func next() throws {
        let source = #""standing":"full","next":{"standing":"dropped","at":951868800}"#
        let explained = #"{"microservices":[{"serviceId":"a","sources":[{"source":"n",\#(source)}]}]}"#
        #expect(
            ExplainCommand.lines(of: try Reply(Array(explained.utf8))).contains(
                "n       full      dropped at 2000-03-01 00:00:00 unless it is read before"))
        let sources = #"{"sources":[{"name":"n","consecutiveFailures":0,\#(source)}]}"#
        #expect(
            SourcesCommand.lines(of: try Reply(Array(sources.utf8))).last
                == "n: its instances are dropped at 2000-03-01 00:00:00 unless it is read before")
    }

    @Test("what a source's filters keep out of sight is told in its notes")
    func filtered() throws {
        let filtered = #""filtered":{"microservices":2,"instances":5,"orphans":1}"#
        let sources = #"{"sources":[{"name":"n","consecutiveFailures":0,\#(filtered)}]}"#
        #expect(
            SourcesCommand.lines(of: try Reply(Array(sources.utf8))).last
                == "n: its filters keep 2 microservices and 5 instances out of sight; 1 wait for their microservice")
    }

    @Test("what a source's filters hide is explained with their reason")
    func hidden() throws {
        let key = #"{"tenant":"default/default","appId":"shop","serviceName":"cart","version":"1"}"#
        let word = #"{"source":"n","leaseSeconds":120,"body":{"instanceId":"i","hostName":"h","status":"UP"}}"#
        let hidden = #""source":"n","hiddenBy":"exclude","microservice":\#(key),"serviceId":"a","instancesTotal":1"#
        let explained = #"{"microservices":[],"filtered":[{\#(hidden),"words":[\#(word)]}]}"#
        #expect(
            ExplainCommand.lines(of: try Reply(Array(explained.utf8))) == [
                "out of sight: shop/cart/1 of source n (as a, instances: 1): the topology excludes it",
                "INSTANCE  HOST  STATUS  LEASE", "i         h     UP      120 s",
            ])
    }

    @Test("a table leaves out columns without anything, and aligns the others")
    func table() {
        var table = TextTable("A", "B", "LONG")
        #expect(table.isEmpty)
        table.add("one", "", "x")
        table.add("", "", "y")
        #expect(table.lines() == ["A    LONG", "one  x", "     y"])
    }

    @Test(
        "a moment is told as day and time",
        arguments: [
            (0, "1970-01-01 00:00:00"), (951_782_399, "2000-02-28 23:59:59"), (951_782_400, "2000-02-29 00:00:00"),
            (951_868_800, "2000-03-01 00:00:00"), (1_735_689_599, "2024-12-31 23:59:59"),
            (1_795_391_766, "2026-11-22 23:56:06"), (4_107_542_400, "2100-03-01 00:00:00"),
        ] as [(Int64, String)])
    func date(seconds: Int64, text: String) {
        #expect(UnixTime(nanoseconds: seconds * 1_000_000_000).dateText == text)
    }

    @Test("a reply's diff, conflict and plan are told by sign and side")
    func replies() throws {
        let key = #"{"tenant":"a/b","appId":"shop","serviceName":"cart","version":"1.0.0","environment":"production"}"#
        let plan = try Reply(
            Array(
                #"""
                {"added":["w"],"removed":["e"],"renamed":[{"from":"n","to":"u"}],
                 "changed":[{"source":"s","keys":["stale","settings.interval"]}],"reordered":true,"keys":["home"]}
                """#.utf8))
        #expect(
            PlanCommand.lines(of: plan) == [
                "+ source w", "- source e", "> source n is u from now on", "~ source s: stale, settings.interval",
                "~ the order of the sources", "~ home",
            ])
        let diff = try Reply(
            Array(
                #"""
                {"from":"n","to":"s","microservices":{"totals":{"onlyFrom":0,"onlyTo":0,"different":0}},
                 "instances":{"totals":{"onlyFrom":2,"onlyTo":0,"different":0},"onlyFrom":[
                 {"microservice":\#(key),"instanceId":"i1","from":{"serviceId":"x"}}]}}
                """#.utf8))
        #expect(
            DiffCommand.lines(of: diff) == [
                "2 instances only at n:", "  - a/b shop/cart/1.0.0 [production] i1", "  … and 1 more",
            ])
        let conflict = try Reply(
            Array(
                #"""
                {"totals":{"service_id":1},"conflicts":[{"kind":"service_id","sides":[
                 {"source":"n","serviceId":"x","microservice":\#(key)},
                 {"source":"s","serviceId":"y","microservice":\#(key)}]}]}
                """#.utf8))
        #expect(
            ConflictsCommand.lines(of: conflict).suffix(2) == [
                "service_id  a/b shop/cart/1.0.0 [production]  n       x",
                "            a/b shop/cart/1.0.0 [production]  s       y",
            ])
    }
}
