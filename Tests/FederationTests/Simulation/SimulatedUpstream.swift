import TestSupport

/// One simulated service-center: what it holds changes all the time, and what it answers need not be what it holds.
///
/// Some instances are steady: whatever happens to the upstream's store, they run from the beginning to the end, and
/// after a rebuild they are back within a heartbeat or two.
struct SimulatedUpstream {
    /// What a watch tells of one instance; `value` is nil for its end.
    struct Frame {
        let service: String
        let serviceID: String
        let member: String
        let value: String?
    }

    static let names = ["cart", "stock", "web", "mail"]

    private(set) var store = UpstreamStore()
    /// Places of instances that run all the time.
    private(set) var steady: Set<String> = []
    /// Where instances run or ran.
    private(set) var past: Set<String> = []
    /// What answers instead of the store, and until when.
    private var impostor: (store: UpstreamStore, until: Int)?
    /// An earlier state of the store, as a lagging copy has it.
    private var earlier: UpstreamStore
    /// Instances that have to register again, after the store was lost.
    private var homeless: [UpstreamStore.Member] = []
    /// The revision that its store began with.
    private var start: Int64 = 1_000
    /// IDs that microservices have or had, none of them twice.
    private var ids: [String] = []
    /// How far its clock is off, in seconds.
    private let clockOffset: Int64

    /// Whether what it answers now is what it holds, and nothing of that is lost.
    var isTruthful: Bool { impostor == nil && homeless.isEmpty }
    /// What it answers.
    var answer: UpstreamStore { impostor?.store ?? store }

    init(_ name: String, _ random: inout SeededGenerator) {
        clockOffset = random.pick([0, 0, 3_600, -3_600])
        // It has run for a while: revisions have grown, and go back when it loses its store.
        store.revision = start
        let services = Self.names.prefix(3)
        for service in services {
            store.revision += 1
            store.services.append(.init(name: service, id: "\(name)-\(service)", revision: store.revision))
            ids.append("\(name)-\(service)")
        }
        // More than the guard takes for few, some of them known to other upstreams as well.
        let ids = (0..<12).map { "steady\($0)" }.shuffled(using: &random).prefix(6 + random.below(3))
        for (number, id) in ids.enumerated() {
            store.revision += 1
            store.members.append(.init(id: id, service: Self.names[number % 3], revision: store.revision))
        }
        steady = Set(store.members.map(\.place))
        past = steady
        earlier = store
    }

    /// One second passes; gives what a watch would tell of it.
    mutating func tick(at second: Int, _ random: inout SeededGenerator) -> [Frame] {
        if let until = impostor?.until, until <= second { impostor = nil }
        guard homeless.isEmpty else { return comeBack(at: second, &random) }
        if random.chance(5) { earlier = store }
        return random.chance(60) ? change(at: second, &random) : []
    }

    /// Begins to lie, or loses its store, for some seconds.
    mutating func misbehave(at second: Int, _ random: inout SeededGenerator) {
        let until = second + 3 + random.below(12)
        switch random.below(4) {
        case 0: impostor = (UpstreamStore(), until)
        case 1: impostor = (earlier, until)
        default: rebuild(&random)
        }
    }

    /// Everything that is to come back is back, and what it answers is what it holds.
    mutating func recover(at second: Int, _ random: inout SeededGenerator) {
        impostor = nil
        while !homeless.isEmpty { _ = comeBack(at: second, &random) }
    }

    /// The store is lost, and another one is in its place. Where that has lower revisions, instances come back one
    /// after the other. Where it has higher ones, all that run are in it from its first answer on: nobody can tell such
    /// a store from the one before, nor what it does not have yet from what has ended.
    private mutating func rebuild(_ random: inout SeededGenerator) {
        let isLower = start > 20 && random.chance(75)
        let (services, members) = (renamed(&random), store.members)
        start = isLower ? Int64(random.below(Int(start) - services.count)) : store.revision + Int64(random.below(500))
        store = UpstreamStore()
        store.revision = start
        for var service in services {
            store.revision += 1
            service.revision = store.revision
            store.services.append(service)
        }
        let back = members.filter { steady.contains($0.place) || random.chance(50) }.shuffled(using: &random)
        if isLower {
            homeless = back
        } else {
            for var member in back {
                store.revision += 1
                member.revision = store.revision
                store.members.append(member)
            }
        }
        // Mostly the microservices are the first to be back; sometimes a read finds nothing at all.
        if random.chance(30) { impostor = (UpstreamStore(), 0) }
    }

    /// The microservices with the IDs that another store gives them: the same ones, the same ones for others, or none
    /// that was there before.
    private mutating func renamed(_ random: inout SeededGenerator) -> [UpstreamStore.Service] {
        var services = store.services
        switch random.below(3) {
        case 0:
            let ids = services.map(\.id).shuffled(using: &random)
            for index in services.indices { services[index].id = ids[index] }
        case 1:
            for index in services.indices { services[index].id = freshID() }
        default: break
        }
        return services
    }

    private mutating func comeBack(at second: Int, _ random: inout SeededGenerator) -> [Frame] {
        (0..<1 + random.below(3)).flatMap { _ in
            homeless.popLast().map { put($0, at: second) } ?? []
        }
    }

    private mutating func change(at second: Int, _ random: inout SeededGenerator) -> [Frame] {
        let passing = store.members.filter { !steady.contains($0.place) }
        switch random.below(13) {
        case 0...3: return put(.init(id: "passing\(random.below(6))", service: random.pick(known)), at: second)
        case 4...6 where !passing.isEmpty: return remove(random.pick(passing))
        case 7, 8:
            var member = random.pick(store.members)
            (member.host, member.isUp) = (random.below(5), random.chance(70))
            return put(member, at: second)
        case 9: return toggleLastService(&random)
        case 10: renew(&random)
        case 11: swapIDs(&random)
        default:
            let index = random.below(store.services.count)
            store.revision += 1
            (store.services[index].level, store.services[index].revision) = (random.below(3), store.revision)
        }
        return []
    }

    private var known: [String] { store.services.map(\.name) }

    private mutating func put(_ member: UpstreamStore.Member, at second: Int) -> [Frame] {
        guard let serviceID = store.serviceID(of: member.service) else { return [] }
        // An ID is of one instance only.
        var frames = store.members.first { $0.id == member.id && $0.place != member.place }.map { remove($0) } ?? []
        var member = member
        store.revision += 1
        (member.revision, member.modified) = (store.revision, 1_700_000_000 + Int64(second) + clockOffset)
        store.members.removeAll { $0.place == member.place }
        store.members.append(member)
        past.insert(member.place)
        frames.append(
            Frame(
                service: member.service, serviceID: serviceID, member: member.id,
                value: member.value(under: serviceID)))
        return frames
    }

    private mutating func remove(_ member: UpstreamStore.Member) -> [Frame] {
        guard let serviceID = store.serviceID(of: member.service) else { return [] }
        store.members.removeAll { $0.place == member.place }
        return [Frame(service: member.service, serviceID: serviceID, member: member.id, value: nil)]
    }

    /// A microservice without steady instances comes, or goes with all that it has.
    private mutating func toggleLastService(_ random: inout SeededGenerator) -> [Frame] {
        guard let index = store.services.firstIndex(where: { $0.name == Self.names[3] }) else {
            store.revision += 1
            store.services.append(.init(name: Self.names[3], id: freeID(&random), revision: store.revision))
            return []
        }
        let frames = store.members.filter { $0.service == Self.names[3] }.flatMap { remove($0) }
        store.services.remove(at: index)
        return frames
    }

    /// A microservice gets another ID, as after a restore by hand, and its instances with it; no watch tells of that.
    private mutating func renew(_ random: inout SeededGenerator) {
        let index = random.below(store.services.count)
        store.revision += 1
        (store.services[index].id, store.services[index].revision) = (freeID(&random), store.revision)
    }

    /// An ID that no microservice has; it may be one that another microservice had.
    private mutating func freeID(_ random: inout SeededGenerator) -> String {
        let free = ids.filter { id in !store.services.contains { $0.id == id } }
        return free.isEmpty || random.chance(50) ? freshID() : random.pick(free)
    }

    private mutating func freshID() -> String {
        ids.append("id\(ids.count)")
        return ids[ids.count - 1]
    }

    /// Two microservices get each other's IDs, and their instances with them; no watch tells of that.
    private mutating func swapIDs(_ random: inout SeededGenerator) {
        let places = store.services.indices.shuffled(using: &random).prefix(2)
        let ids = places.map { store.services[$0].id }
        for (place, id) in zip(places, ids.reversed()) {
            store.revision += 1
            (store.services[place].id, store.services[place].revision) = (id, store.revision)
        }
    }
}
