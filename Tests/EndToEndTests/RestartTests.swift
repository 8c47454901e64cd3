import Discovery
import Foundation
import Glibc
import ServiceCenterWire
import TestSupport
import Testing

/// What an aggregator knows after it was killed, with the real binary.
@Suite(.serialized)
struct RestartTests {
    private let directory: TemporaryDirectory
    private let transfers = HTTPTransfers()

    init() throws { directory = try TemporaryDirectory() }

    private func upstream(_ listen: String = "127.0.0.1:0") throws -> MainstemProcess {
        try MainstemProcess(["serve", "--local", "north", "--listen", listen, "--state", directory.path + "/north"])
    }

    private func front(_ upstream: String) throws -> MainstemProcess {
        try MainstemProcess([
            "serve", "--sources", "north=http://\(upstream)", "--interval", "100ms", "--listen", "127.0.0.1:0",
            "--state", directory.path + "/front",
        ])
    }

    /// Returns when a file of the front has a text; what was written before it stays.
    private func kept(_ text: String, in file: String) async throws {
        let log = URL(filePath: directory.path + "/front/\(file).sqlite-wal")
        try await eventually("\(text) is written") {
            (try? Data(contentsOf: log))?.range(of: Data(text.utf8)) != nil
        }
    }

    private func north(_ client: RegistryClient) async throws -> JSONValue? {
        try await client.ask("GET", "/mainstem/v1/sources").json?["sources"]?.elements.first
    }

    @Test("a provider that was known does not become unknown when we restart while its source is away")
    func away() async throws {
        let source = try upstream()
        let address = try await source.address()
        let inNorth = RegistryClient(address, transfers)
        let cart = try await inNorth.register("cart")
        _ = try await inNorth.start("cart-1", of: cart)
        let second = try await inNorth.start("cart-2", of: cart)
        let web = try await inNorth.register("web")
        _ = try await inNorth.register("stock")
        let first = try front(address)
        let atFirst = RegistryClient(try await first.address(), transfers)
        try await eventually("cart is known") {
            try await atFirst.hosts(of: "cart", consumer: web) == ["cart-1", "cart-2"]
        }
        try await kept("cart", in: "relations")
        #expect(try await atFirst.hosts(of: "stock", consumer: web) == [])
        try await kept("stock", in: "relations")
        try await kept(second, in: "source-north")
        _ = try await inNorth.register("late")
        try await kept("late", in: "source-north")
        for process in [first, source] {
            process.signal(SIGKILL)
            _ = try await process.ended()
        }

        let again = try front(address)
        let atFront = RegistryClient(try await again.address(), transfers)
        // The very first answer has them.
        #expect(try await atFront.hosts(of: "cart") == ["cart-1", "cart-2"])
        #expect(try await atFront.ask("GET", "/readyz").status == 200)
        try await eventually("the source was tried") { try await north(atFront)?["state"] == .string("stale") }
        let status = try #require(try await north(atFront))
        #expect(status["restored"] == .bool(true))
        #expect((status["dataAgeSeconds"]?.number ?? 0) > 0)
        let metrics = try await atFront.ask("GET", "/metrics").text
        #expect(metrics.contains(#"mainstem_source_restored{source="north"} 1"#))
        try await eventually("it is logged") { again.standardError.contains("source is restored from disk") }

        // What the consumer looked up before the restart is what it hears of.
        let watch = try await WatchRecorder.open(try await again.address(), consumer: web)
        try await removed(second, of: cart)
        let back = try upstream(address)
        try await eventually("what is there, and then what has gone") { watch.events.count >= 3 }
        #expect(Set(watch.events.prefix(2)) == ["UPDATE north cart-1", "UPDATE north cart-2"])
        #expect(watch.events.dropFirst(2) == ["DELETE north cart-2"])
        #expect(try await atFront.hosts(of: "cart", consumer: web) == ["cart-1"])
        #expect(try await north(atFront)?["restored"] == nil)
        await watch.close()
        try await journal(again)
        for process in [again, back] {
            process.signal(SIGTERM)
            #expect(try await process.ended() == 0)
        }
        transfers.shutdown()
    }

    @Test("a consumer that comes back after our restart is told what is there and what has gone, and a new one is not")
    func comesBack() async throws {
        let source = try upstream()
        let inNorth = RegistryClient(try await source.address(), transfers)
        let (web, cart) = (try await inNorth.register("web"), try await inNorth.register("cart"))
        _ = try await inNorth.start("stays", of: cart)
        let gone = try await inNorth.start("goes", of: cart)
        let first = try front(try await source.address())
        let atFirst = RegistryClient(try await first.address(), transfers)
        try await eventually("cart is known") {
            try await atFirst.hosts(of: "cart", consumer: web) == ["goes", "stays"]
        }
        try await kept("cart", in: "relations")
        try await kept(gone, in: "source-north")
        first.signal(SIGKILL)
        _ = try await first.ended()
        try await inNorth.stop(gone, of: cart)
        _ = try await inNorth.start("came", of: cart)

        let again = try front(try await source.address())
        let atFront = RegistryClient(try await again.address(), transfers)
        try await eventually("the source is read") { try await atFront.hosts(of: "cart") == ["came", "stays"] }
        let watch = try await WatchRecorder.open(try await again.address(), consumer: web)
        try await eventually("the state has come") { watch.events.count >= 3 }
        #expect(watch.events.first == "DELETE north goes")
        #expect(watch.events.sorted() == ["DELETE north goes", "UPDATE north came", "UPDATE north stays"])

        let shop = try await inNorth.register("shop")
        try await eventually("the new one is known") {
            try await atFront.hosts(of: "cart", consumer: shop) == ["came", "stays"]
        }
        let newcomer = try await WatchRecorder.open(try await again.address(), consumer: shop)
        _ = try await inNorth.start("late", of: cart)
        try await newcomer.expect(["CREATE north late"])
        for watch in [watch, newcomer] { await watch.close() }
        for process in [again, source] {
            process.signal(SIGTERM)
            #expect(try await process.ended() == 0)
        }
        transfers.shutdown()
    }

    @Test(
        "a consumer that was away hears after our restart what had ended before it, once and as it was last",
        arguments: [SIGTERM, SIGKILL])
    func endedBefore(_ signal: Int32) async throws {
        let source = try upstream()
        let address = try await source.address()
        let inNorth = RegistryClient(address, transfers)
        let (web, cart) = (try await inNorth.register("web"), try await inNorth.register("cart"))
        let shop = try await inNorth.register("shop")
        _ = try await inNorth.start("stays", of: cart)
        let gone = try await inNorth.start("goes", of: cart)
        let first = try front(address)
        let atFirst = RegistryClient(try await first.address(), transfers)
        try await eventually("cart is known") {
            try await atFirst.hosts(of: "cart", consumer: web) == ["goes", "stays"]
        }
        let away = try await WatchRecorder.open(try await first.address(), consumer: web)
        await away.close()
        try await inNorth.stop(gone, of: cart)
        try await kept(gone, in: "journal")
        // What is kept later was said later: that it has gone is kept, too.
        let late = try await inNorth.start("late", of: cart)
        try await kept(late, in: "source-north")
        try await kept("cart", in: "relations")
        first.signal(signal)
        _ = try await first.ended()
        source.signal(SIGTERM)
        _ = try await source.ended()

        let again = try front(address)
        let front = try await again.address()
        let atFront = RegistryClient(front, transfers)
        let back = try await WatchRecorder.open(front, consumer: web)
        try await eventually("the state has come") { back.events.count >= 3 }
        #expect(back.events.first == "DELETE north goes")
        #expect(back.events.sorted() == ["DELETE north goes", "UPDATE north late", "UPDATE north stays"])
        let end = try WatchEvent(Array(try #require(back.texts.first).utf8))
        #expect(end.instanceID == gone && end.service == "cart" && end.endpoints == ["rest://goes:80"])
        #expect(try await atFront.hosts(of: "cart", consumer: shop) == ["late", "stays"])
        let newcomer = try await WatchRecorder.open(front, consumer: shop)
        let everything = try await WatchRecorder.open(front, path: "/mainstem/v1/watch")

        let there = try upstream(address)
        _ = try await there.address()
        _ = try await inNorth.start("new", of: cart)
        try await newcomer.expect(["CREATE north new"])
        try await eventually("it has come") { everything.events.last == "CREATE north new" }
        #expect(!everything.events.contains { $0.hasPrefix("DELETE") })
        #expect(back.events.filter { $0.hasPrefix("DELETE") }.count == 1)
        let journal = try await atFront.ask("GET", "/mainstem/v1/journal?instance=\(gone)").json
        #expect(journal?["entries"]?.elements.filter { $0["event"] == .string("DELETE") }.count == 1)
        for watch in [back, newcomer, everything] { await watch.close() }
        for process in [again, there] {
            process.signal(SIGTERM)
            #expect(try await process.ended() == 0)
        }
        transfers.shutdown()
    }

    /// The journal knows what left, why, and what was before the restart.
    private func journal(_ front: MainstemProcess) async throws {
        let server = "http://\(try await front.address())"
        let changes = try MainstemProcess(["journal", "--json", "--server", server, "--service", "cart"])
        #expect(try await changes.ended() == 0)
        try await eventually("the change is told") {
            changes.standardOutput.contains(#""event":"DELETE","cause":"read""#)
        }
        let all = try MainstemProcess(["journal", "--json", "--server", server, "--source", "north"])
        #expect(try await all.ended() == 0)
        for event in [#""event":"FIRST","cause":"read""#, #""to":"restored""#, #""to":"stale""#, #""to":"synced""#] {
            try await eventually("\(event) is told: \(all.standardOutput)") { all.standardOutput.contains(event) }
        }
    }

    /// Takes an instance from the upstream while the front cannot see it.
    private func removed(_ instance: String, of service: String) async throws {
        let elsewhere = try upstream()
        try await RegistryClient(try await elsewhere.address(), transfers).stop(instance, of: service)
        elsewhere.signal(SIGTERM)
        #expect(try await elsewhere.ended() == 0)
    }
}
