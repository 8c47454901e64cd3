import Registry
import Testing

@Suite struct VersionRuleTests {
    /// Highest first, as the tables keep them.
    private static let versions = ["10.0", "2.1", "2.0.0.1", "2.0", "1.5", "1.0.0", "1.0", "1", "0.9"]
        .map { VersionedKey(MicroserviceKey(name: "/shop/cart", version: $0)) }

    @Test(arguments: [
        ("latest", ["10.0"]),
        ("0+", ["10.0", "2.1", "2.0.0.1", "2.0", "1.5", "1.0.0", "1.0", "1", "0.9"]),
        ("2.0+", ["10.0", "2.1", "2.0.0.1", "2.0"]),
        ("2.0.0.1+", ["10.0", "2.1", "2.0.0.1"]),
        ("10.0.0.1+", []),
        ("1.0-2.0", ["1.5", "1.0.0", "1.0", "1"]),
        ("1-2", ["1.5", "1.0.0", "1.0", "1"]),
        ("2.0-1.0", ["1.5", "1.0.0", "1.0", "1"]),
        ("2.0-2.0.0.1", ["2.0"]),
        ("2.0-2.0", []),
        ("1.0", ["1.0"]),
        ("1", ["1"]),
        ("1.0.0", ["1.0.0"]),
        ("1.0.0.0", []),
        ("3.0", []),
    ])
    func `A rule means these versions, the highest first`(text: String, expected: [String]) throws {
        let rule = try #require(VersionRule(text))
        #expect(rule.select(from: VersionRuleTests.versions).map(\.version) == expected)
    }

    @Test(arguments: ["latest", "0+", "1.0-2.0", "1.0"])
    func `Among no versions no rule means any`(text: String) throws {
        #expect(try #require(VersionRule(text)).select(from: []).isEmpty)
    }

    @Test(arguments: ["1.2.3.4", "32767+", "1.2.3.4-32767.32767.32767.32767", "1.2.3.4+", "0-0"])
    func `Four parts of at most 32767 are understood`(text: String) {
        #expect(VersionRule(text) != nil)
    }

    @Test(arguments: [
        "", "+", "-", "1.", "1.+", "1.0-", "-1.0", "1.0-2.0-3.0", "1.0-2.0+", "1.0+-2.0", "1.0++", "1.2.3.4.5", "32768",
        "32768+", "1.0-32768", "Latest", "latest+", "latest-1.0", "1.0 - 2.0", "1.0-SNAPSHOT", "x", "*",
    ])
    func `Text that is no rule is refused`(text: String) {
        #expect(VersionRule(text) == nil)
    }

    @Test func `A rule has at most 129 characters`() {
        let zeros = String(repeating: "0", count: VersionRule.maxLength - 1)
        #expect(VersionRule.maxLength == 129)
        #expect(VersionRule(zeros + "1") == .exact(zeros + "1"))
        #expect(VersionRule(zeros + "01") == nil)
    }

    @Test func `A reversed range is the range`() {
        #expect(VersionRule("2.0-1.0") == VersionRule("1.0-2.0"))
    }

    @Test func `A version that is no number counts as the lowest`() throws {
        let odd = VersionedKey(MicroserviceKey(name: "/shop/cart", version: "dev"))
        #expect(odd.number == .zero)
        #expect(try #require(VersionRule("0.0.0.1+")).select(from: [odd]).isEmpty)
    }
}
