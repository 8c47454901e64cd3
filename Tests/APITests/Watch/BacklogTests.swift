import Testing

@testable import API

@Suite struct BacklogTests {
    private typealias Line = Backlog<Int>

    private func line(of count: Int) -> Line {
        var line = Line(at: .zero)
        for number in 0..<count { line.append(number) }
        return line
    }

    @Test("those who have been behind for long have their turns in the order in which they came, each once")
    func order() {
        var line = line(of: 3)
        var turns: [Int] = []
        while line.nextPause(at: .seconds(9)) != nil { turns += line.next().map { [$0] } ?? [] }
        #expect(turns == [0, 1, 2])
        #expect(line.next() == nil)
    }

    @Test("a turn that is on its way is not asked for again")
    func once() {
        var line = line(of: 2)
        #expect(line.nextPause(at: .zero) != nil)
        #expect(line.nextPause(at: .zero) == nil)
        _ = line.next()
        #expect(line.nextPause(at: .zero) != nil)
    }

    @Test("while the others are served everybody in the line waits for a tenth of a second at most, and few wait less")
    func pauses() {
        for (count, pause) in [1: Line.pause.most, 50: .milliseconds(2), 5_000: Line.pause.least] {
            var line = line(of: count)
            line.served(at: .seconds(1))
            #expect(line.nextPause(at: .seconds(1) + .milliseconds(19)) == pause)
        }
    }

    @Test("while nobody else is served the line goes on at once")
    func alone() {
        var line = line(of: 1)
        line.served(at: .seconds(1))
        #expect(line.nextPause(at: .seconds(1) + .milliseconds(20)) == Line.pause.least)
        #expect(line.next() == 0)
        #expect(line.nextPause(at: .seconds(2)) == nil)
    }
}
