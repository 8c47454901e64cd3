import Discovery
import Registry
import ServiceCenterWire
import ServiceLifecycle

/// The demo's shop: seeds microservices and instances in two regions, then lets instances come, change and go, and
/// keeps the others alive with heartbeats, through the same writes that a client makes.
struct DemoShop: Service {
    private static let catalogue: [(name: String, version: String, regions: [Int])] = [
        ("cart", "1.0.0", [0, 1]), ("cart", "2.0.0", [1]), ("orders", "1.0.0", [0, 1]),
        ("billing", "1.0.0", [0]), ("recommend", "0.9.0", [1]), ("web", "1.0.0", [0]),
    ]

    private struct Running {
        let region: Int
        let service: ServiceID
        let id: InstanceID
        let name: String
        let host: String
        var status = "UP"
    }

    let regions: [(name: String, home: any Home)]
    let pace: Duration
    /// After so many changes the shop rests.
    let quietAfter: Int?

    init(regions: [(name: String, home: any Home)], pace: Duration, quietAfter: Int?) {
        self.regions = regions
        self.pace = pace
        self.quietAfter = quietAfter
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await play() }
    }

    private func play() async throws {
        var running: [Running] = []
        var hosts = 0
        for entry in DemoShop.catalogue {
            for region in entry.regions {
                for _ in 0..<2 {
                    hosts += 1
                    running.append(try await start(entry.name, entry.version, in: region, number: hosts))
                }
            }
        }
        var changes = 0
        var sinceHeartbeat = Duration.zero
        while !Task.isCancelled {
            do { try await Task.sleep(for: pace) } catch { return }
            sinceHeartbeat += pace
            if sinceHeartbeat >= .seconds(20) {
                sinceHeartbeat = .zero
                for instance in running { try await beat(instance) }
            }
            guard changes < quietAfter ?? .max else { continue }
            changes += 1
            hosts += 1
            try await change(&running, number: hosts, step: changes)
            if changes == quietAfter { Terminal.show("  the shop rests now") }
        }
    }

    /// One change: every third one brings an instance, every third one takes one, the others change one's status.
    private func change(_ running: inout [Running], number: Int, step: Int) async throws {
        switch step % 3 {
        case 1:
            guard let entry = DemoShop.catalogue.randomElement(), let region = entry.regions.randomElement() else {
                return
            }
            let instance = try await start(entry.name, entry.version, in: region, number: number)
            running.append(instance)
            say("+", instance, "comes")
        case 2:
            guard let index = running.indices.randomElement() else { return }
            running[index].status = running[index].status == "UP" ? "DOWN" : "UP"
            let instance = running[index]
            _ = try await regions[instance.region].home.perform(
                .changeStatus(instance.service, instance.id, status: instance.status), in: .default)
            say("~", instance, "is \(instance.status)")
        default:
            guard running.count > 8, let index = running.indices.randomElement() else { return }
            let instance = running.remove(at: index)
            _ = try await regions[instance.region].home.perform(
                .unregisterInstance(instance.service, instance.id), in: .default)
            say("-", instance, "goes")
        }
    }

    private func start(_ name: String, _ version: String, in region: Int, number: Int) async throws -> Running {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("service")
        writer.beginObject()
        writer.member("appId", "shop")
        writer.member("serviceName", name)
        writer.member("version", version)
        writer.endObject()
        writer.endObject()
        let home = regions[region].home
        let answer = try await home.perform(.registerMicroservice(body: writer.bytes), in: .default)
        let service = ServiceID(try id(answer))
        let host = "\(name)-\(number).\(regions[region].name)"
        let registered = try await home.perform(
            .registerInstance(service, body: instance(host, region: region, number: number)), in: .default)
        return Running(
            region: region, service: service, id: InstanceID(try id(registered)), name: "\(name)/\(version)",
            host: host)
    }

    private func instance(_ host: String, region: Int, number: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("instance")
        writer.beginObject()
        writer.member("hostName", host)
        writer.key("endpoints")
        writer.strings(["rest://10.\(region + 1).\(number / 250).\(number % 250 + 1):8080"])
        writer.key("dataCenterInfo")
        writer.beginObject()
        writer.member("name", "dc-\(regions[region].name)")
        writer.member("region", regions[region].name)
        writer.member("availableZone", "az1")
        writer.endObject()
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    private func beat(_ instance: Running) async throws {
        _ = try await regions[instance.region].home.perform(
            .heartbeat(instance.service, instance.id), in: .default)
    }

    /// The only member of `{"serviceId":"…"}` or `{"instanceId":"…"}`.
    private func id(_ answer: WriteAnswer) throws -> String {
        try JSONReader.read(answer.body) { reader throws(JSONError) in
            try reader.stringMap().values.first ?? ""
        }
    }

    private func say(_ mark: String, _ instance: Running, _ what: String) {
        Terminal.show("  \(mark) \(regions[instance.region].name)  \(instance.name)  \(instance.host) \(what)")
    }
}
