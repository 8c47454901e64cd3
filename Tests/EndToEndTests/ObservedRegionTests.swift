import Discovery
import Foundation
import Glibc
import TestSupport
import Testing

/// A region and an aggregator over it that reads it once an hour: what it hears sooner, the region's watch has told.
@Suite(.serialized)
struct ObservedRegionTests {
    private static func observed(_ front: RegistryClient) async throws {
        try await eventually("the region is observed") {
            try await front.ask("GET", "/mainstem/v1/sources").text.contains(#""mode":"observed""#)
        }
    }

    @Test("a change is told at once, and what happened while the region was away as soon as it is back")
    func atOnce() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "observed-\(UUID())").path()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let transfers = HTTPTransfers()
        var region = try MainstemProcess(["serve", "--local", "north", "--state", directory, "--listen", "127.0.0.1:0"])
        let address = try await region.address()
        let inRegion = RegistryClient(address, transfers)
        let web = try await inRegion.register("web")
        let cart = try await inRegion.register("cart")
        let front = try MainstemProcess([
            "serve", "--sources", "north=http://\(address)", "--interval", "1h", "--listen", "127.0.0.1:0",
        ])
        let frontAddress = try await front.address()
        let atFront = RegistryClient(frontAddress, transfers)
        try await Self.observed(atFront)
        #expect(try await atFront.find("cart", consumer: web).status == 200)
        let watch = try await WatchRecorder.open(frontAddress, consumer: web)
        let first = try await inRegion.start("cart-1", of: cart)
        try await watch.expect(["CREATE north cart-1"])
        // A microservice that the aggregator has never heard of comes with its instance.
        let orders = try await inRegion.register("orders")
        _ = try await inRegion.start("orders-1", of: orders)
        try await eventually("orders is known") { try await atFront.hosts(of: "orders") == ["orders-1"] }
        region.signal(SIGTERM)
        _ = try await region.ended()
        region = try MainstemProcess(["serve", "--local", "north", "--state", directory, "--listen", address])
        _ = try await region.address()
        _ = try await inRegion.start("cart-2", of: cart)
        try await inRegion.stop(first, of: cart)
        try await eventually("both are told: \(watch.events)") { watch.events.count == 3 }
        #expect(Set(watch.events.dropFirst()) == ["CREATE north cart-2", "DELETE north cart-1"])
        try await Self.observed(atFront)
        // Nothing was registered at the region for it.
        #expect(try await inRegion.ask("GET", "/v4/default/registry/microservices").text.contains("mainstem") == false)
        let metrics = try await atFront.ask("GET", "/metrics").text
        #expect(metrics.contains(#"mainstem_source_missed_changes_total{source="north"} 0"#))
        await watch.close()
        for process in [front, region] { process.signal(SIGTERM) }
        for process in [front, region] { #expect(try await process.ended() == 0) }
        transfers.shutdown()
    }
}
