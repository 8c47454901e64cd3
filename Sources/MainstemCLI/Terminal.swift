import ArgumentParser
import Glibc

/// What the commands say, and how they end.
enum Terminal {
    /// One line on standard error.
    static func say(_ line: String) { write(line + "\n", to: 2) }

    /// One line on standard output, at once.
    static func show(_ line: String) { write(line + "\n", to: 1) }

    /// The exit status of a mistake that the operator can mend: a topology, an option, an address in use.
    static let mistake = ExitCode(2)

    /// Says what is wrong and ends with status 2.
    static func refuse(_ error: any Error) -> ExitCode {
        say("mainstem: \(error)")
        return mistake
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
