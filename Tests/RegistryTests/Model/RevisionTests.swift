import Registry
import Testing

@Suite struct RevisionTests {
    @Test(arguments: [
        Revision(epoch: 0, sequence: 0), Revision(epoch: 0xABC, sequence: 42), Revision(epoch: .max, sequence: .max),
    ])
    func `A revision comes back from its text`(revision: Revision) {
        #expect(Revision(revision.description) == revision)
    }

    @Test func `The epoch is written in hexadecimal and the sequence in decimal`() {
        #expect(Revision(epoch: 0xABC, sequence: 42).description == "abc.42")
    }

    @Test(arguments: [
        "", ".", "1", "1.", ".1", "1.2.3", "g.1", "1.a", "-1.1", "1.-1", "+1.1", "1.+1", "-0.0", " 1.1", "1.1 ",
        "ABC.1", "01.1", "1.01", "10000000000000000.1", "1.18446744073709551616", "1,1", "٣.1",
    ])
    func `What no revision writes is refused`(text: String) {
        #expect(Revision(text) == nil)
    }

    @Test func `Revisions of one epoch are ordered by their sequence`() {
        #expect(Revision(epoch: 1, sequence: 9) < Revision(epoch: 1, sequence: 10))
        #expect(!(Revision(epoch: 1, sequence: 9) < Revision(epoch: 1, sequence: 9)))
    }
}
