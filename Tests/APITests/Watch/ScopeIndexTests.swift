import Registry
import TestSupport
import Testing

@testable import API

@Suite struct ScopeIndexTests {
    private static let names = ["a", "b", "c"]

    @Test("a change finds the scopes that hear of it, each once", arguments: 1...20 as ClosedRange<UInt64>)
    func equalsLookingAtAll(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var index = ScopeIndex()
        var all: [Audience] = []
        for _ in 0..<300 {
            if random.chance(40) {
                let scope = Self.scope(&random)
                let audience = Audience(Audience.Key(interest: .scope(scope), form: .extended))
                index.insert(audience, of: scope)
                all.append(audience)
            } else if random.chance(30), !all.isEmpty {
                let audience = all.remove(at: random.below(all.count))
                guard case .scope(let scope) = audience.key.interest else { continue }
                index.remove(audience, of: scope)
            }
            let change = Self.change(&random)
            var visited: [ObjectIdentifier] = []
            var found: Set<ObjectIdentifier> = []
            index.forEach(mayHear: change) { audience in
                visited.append(ObjectIdentifier(audience))
                if Self.hears(audience, change) { found.insert(ObjectIdentifier(audience)) }
            }
            #expect(Set(visited).count == visited.count)
            #expect(found == Set(all.filter { Self.hears($0, change) }.map { ObjectIdentifier($0) }))
        }
    }

    @Test("a change of one microservice does not touch who follows others")
    func touchesFew() {
        var random = SeededGenerator(seed: 1)
        var index = ScopeIndex()
        for number in 0..<1_000 {
            let scope = WatchScope(domain: "a", microservice: "m\(number)")
            index.insert(Audience(Audience.Key(interest: .scope(scope), form: .extended)), of: scope)
        }
        let scope = WatchScope(domain: "a")
        index.insert(Audience(Audience.Key(interest: .scope(scope), form: .extended)), of: scope)
        for _ in 0..<100 {
            var visited = 0
            index.forEach(mayHear: Self.change(&random)) { _ in visited += 1 }
            #expect(visited <= 1)
        }
    }

    private static func hears(_ audience: Audience, _ change: VisibleChange) -> Bool {
        guard case .scope(let scope) = audience.key.interest else { return false }
        return scope.action(of: change) != nil
    }

    private static func scope(_ random: inout SeededGenerator) -> WatchScope {
        func part(_ random: inout SeededGenerator) -> String? { random.chance(30) ? random.pick(names) : nil }
        return WatchScope(
            domain: part(&random), project: part(&random), application: part(&random), microservice: part(&random),
            source: part(&random))
    }

    private static func change(_ random: inout SeededGenerator) -> VisibleChange {
        let tenant = Tenant(domain: random.pick(names), project: random.pick(names))
        let key = MicroserviceKey(
            name: MicroserviceName(
                tenant: tenant, environment: "", application: random.pick(names), name: random.pick(names)),
            version: "1.0.0")
        let (source, former) = (random.pick(names), random.chance(30) ? random.pick(names) : nil)
        let instance = said(1).instances[0]
        return VisibleChange(
            action: former == nil ? random.pick(VisibleChange.Action.allCases) : .update, microservice: key,
            canonicalID: ServiceID("cart"), instance: instance, source: SourceID(source),
            formerSource: former == source ? nil : former.map { SourceID($0) })
    }
}
