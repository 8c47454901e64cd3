import Testing

@Suite("Constructs") struct ConstructTests {
    /// What no source may have: each takes away a proof that the compiler would give.
    private static var banned: [(what: String, pattern: Regex<Substring>)] {
        [
            ("@unchecked Sendable", /@unchecked\s+Sendable/),
            ("nonisolated(unsafe)", /nonisolated\s*\(\s*unsafe\s*\)/),
            ("Task.detached", /\bTask\s*\.\s*detached\b/),
            ("try!", /\btry!/),
            ("as!", /\bas!/),
            ("DispatchQueue", /\bDispatch(?:Queue|Group|Semaphore)\b/),
        ]
    }

    /// What is allowed all the same, with the reason.
    private static let exceptions = [
        "Sources/Locks/Mutex.swift": (
            what: "@unchecked Sendable",
            reason: "a lock is what makes a value safe to share, and ThreadSanitizer needs one that it understands"
        )
    ]

    @Test("no source has a banned construct, but for the exceptions, and these still need to be exceptions")
    func banned() throws {
        var places: [String] = []
        for file in try Project.swiftFiles(in: "Sources") {
            for (what, pattern) in ConstructTests.banned {
                let found = file.places(of: pattern)
                if ConstructTests.exceptions[file.path]?.what == what {
                    #expect(found.count == 1, "\(file.path)")
                } else {
                    places += found
                }
            }
        }
        #expect(places == [])
    }

    @Test("no task is unstructured outside of the assembly")
    func tasks() throws {
        let places = try Project.swiftFiles(in: "Sources").filter { $0.path != "Sources/MainstemCLI/Assembly.swift" }
            .flatMap { $0.places(of: /\bTask\s*(?:<[^>]*>\s*)?(?:\.init\s*)?(?:\([^)]*\)\s*)?\{/) }
        #expect(places == [])
    }

    @Test("no source says that something is still to be done")
    func notes() throws {
        let words = /\b(?:TODO|FIXME|XXX|HACK)\b/
        let places = try Project.swiftFiles(in: "Sources").flatMap { $0.places(of: words, everywhere: true) }
        #expect(places == [])
    }
}
