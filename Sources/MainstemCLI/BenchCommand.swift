import ArgumentParser
import Glibc

/// `mainstem bench`
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure this build: `mainstem bench watch`. Runs the program Benchmarks of the same build.")

    @Argument(parsing: .captureForPassthrough, help: "What to measure, with its options.")
    var arguments: [String] = []

    func run() throws {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &path, path.count - 1)
        let own = String(decoding: path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let program = own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Benchmarks"
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        execv(program, &words)
        Terminal.say("mainstem: cannot run \(program): it is built with 'make bench'")
        throw Terminal.mistake
    }
}
