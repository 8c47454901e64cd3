import Registry
import Testing

@Suite struct VersionNumberTests {
    @Test(arguments: ["0", "1", "1.2", "1.2.3", "1.2.3.4", "32767", "32767.32767.32767.32767", "007", "0.0.0.0"])
    func `One to four numbers of at most 32767 are a version`(text: String) {
        #expect(VersionNumber(text) != nil)
    }

    @Test(arguments: [
        "", ".", "1.", ".1", "1..2", "1.2.3.4.5", "1.2.3.4.", "32768", "1.32768", "1.2.3.32768", "99999999999999999999",
        "a", "1.a", "1.0-SNAPSHOT", "-1", "+1", "1 ", " 1", "1,0", "latest", "1.0+", "٣",
    ])
    func `Anything else is none`(text: String) {
        #expect(VersionNumber(text) == nil)
    }

    @Test(arguments: [
        ("1", "1.0"), ("1", "1.0.0.0"), ("1.2", "1.2.0"), ("01.002", "1.2"), ("0", "0.0.0.0"),
    ])
    func `Missing parts are zeros`(left: String, right: String) {
        #expect(VersionNumber(left) == VersionNumber(right))
    }

    @Test func `Versions are ordered part by part, as numbers`() throws {
        let ascending = [
            "0", "0.0.0.1", "0.0.0.32767", "0.0.1", "0.9", "0.10", "1", "1.0.0.1", "1.2", "1.10", "2", "10", "32767",
            "32767.32767.32767.32767",
        ]
        let numbers = try ascending.map { try #require(VersionNumber($0)) }
        for (left, right) in zip(numbers, numbers.dropFirst()) {
            #expect(left < right)
            #expect(!(right < left))
        }
        #expect(numbers[0] == .zero)
    }
}
