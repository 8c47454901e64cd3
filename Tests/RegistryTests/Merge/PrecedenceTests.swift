import Registry
import Testing

@Suite struct PrecedenceTests {
    private let precedence = Precedence(["b", "a", "b", "c"])

    @Test func `A source that stands earlier is stronger, and its first place counts`() {
        #expect(precedence.rank(of: "b") == 0)
        #expect(precedence.rank(of: "a") == 1)
        #expect(precedence.rank(of: "c") == 2)
        #expect(precedence.isStronger("b", than: "a"))
        #expect(!precedence.isStronger("a", than: "b"))
    }

    @Test func `Unlisted sources are weaker than all listed ones and told apart by name`() {
        #expect(precedence.isStronger("c", than: "0"))
        #expect(precedence.isStronger("x", than: "y"))
        #expect(!precedence.isStronger("y", than: "x"))
    }

    @Test func `No source is stronger than itself`() {
        for source: SourceID in ["a", "b", "c", "x"] { #expect(!precedence.isStronger(source, than: source)) }
    }
}
