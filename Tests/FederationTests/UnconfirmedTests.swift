import Registry
import Testing

@testable import Federation

@Suite struct UnconfirmedTests {
    @Test func `What the source has not spoken of when it has said everything is withdrawn, once`() {
        var unconfirmed = Unconfirmed(Said.cart("i1", "i2", "i3"))
        unconfirmed.hear(Said.instances("i2"))
        unconfirmed.hear(Said.gone("i3"))
        var delta = Said.instances("i4")
        unconfirmed.hear(wholeRead: &delta)
        #expect(delta.instances.map(\.id.text) == ["i4"])
        #expect(delta.removedInstances.map(\.id.text) == ["i1"])
        #expect(delta.removedMicroservices.map(\.id.text) == ["cart"])
        #expect(unconfirmed.isEmpty)
        var next = RegistryDelta()
        unconfirmed.hear(wholeRead: &next)
        #expect(next.isEmpty)
    }

    @Test func `What is said again with all that belongs to it leaves nothing to withdraw`() {
        var kept = Said.cart("i1")
        kept.attachments = [Said.tags]
        kept.dependencies = [Said.dependency]
        var unconfirmed = Unconfirmed(kept)
        unconfirmed.hear(kept)
        var delta = RegistryDelta()
        unconfirmed.hear(wholeRead: &delta)
        #expect(delta.isEmpty)
    }

    @Test func `A revision that went back over the restart is told, once`() {
        var kept = Said.cart("i1")
        kept.instances = [Said.instance("i1", of: "cart", revision: 7)]
        var unconfirmed = Unconfirmed(kept)
        var delta = Said.cart("i1")
        delta.evidence = .read(isRewound: false)
        unconfirmed.hear(wholeRead: &delta)
        #expect(delta.evidence == .read(isRewound: true))
        delta.evidence = .read(isRewound: false)
        unconfirmed.hear(wholeRead: &delta)
        #expect(delta.evidence == .read(isRewound: false))
    }

    @Test func `Something new below the highest revision of what was kept tells of another store`() {
        func isRewound(_ said: [Int64], path: String = "") -> Bool {
            var kept = Said.cart()
            kept.instances = [Said.instance("i1", of: "cart", revision: 7)]
            var unconfirmed = Unconfirmed(kept)
            var delta = Said.cart()
            delta.instances = said.map { Said.instance("new\($0)", of: "cart", revision: $0, path: path) }
            delta.evidence = .read(isRewound: false)
            unconfirmed.hear(wholeRead: &delta)
            return delta.evidence == .read(isRewound: true)
        }
        #expect(isRewound([5, 6]))
        #expect(!isRewound([5, 8]))
        #expect(!isRewound([]))
        #expect(!isRewound([5], path: "other"))
    }

    @Test func `Attachments and dependencies that are not said again are withdrawn`() {
        var kept = Said.cart()
        kept.attachments = [Said.tags]
        kept.dependencies = [Said.dependency]
        var unconfirmed = Unconfirmed(kept)
        var delta = Said.cart()
        unconfirmed.hear(wholeRead: &delta)
        #expect(delta.removedAttachments.map(\.key) == [.tags])
        #expect(delta.removedDependencies == [Said.cart])
        #expect(delta.removedMicroservices.isEmpty)
    }
}
