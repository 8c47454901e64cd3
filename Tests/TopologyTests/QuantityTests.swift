import Testing
import Topology

@Suite("A quantity")
struct QuantityTests {
    @Test(
        "of time is read in hours, minutes, seconds and milliseconds",
        arguments: [
            ("500ms", 500), ("2s", 2_000), ("1m", 60_000), ("1h", 3_600_000), ("1m30s", 90_000), ("0s", 0),
            ("1h2m3s4ms", 3_723_004), ("90s", 90_000),
        ]
    )
    func duration(text: String, milliseconds: Int) {
        #expect(DurationText.parse(text) == .milliseconds(milliseconds))
    }

    @Test(
        "of time is refused in any other form",
        arguments: [
            "", "5", "s", "1.5s", "-1s", "+1s", "1 s", "1s1m", "1s1s", "1d", "1S", "30s ", "٣s", "1us",
            "9223372036854775807h", "9223372036854775807ms1ms", "99999999999999999999s",
        ]
    )
    func badDuration(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test("of time is written as it is read", arguments: ["500ms", "2s", "1m", "1h", "1m30s", "0s", "1h2m3s4ms"])
    func durationText(text: String) throws {
        let duration = try #require(DurationText.parse(text))
        #expect(DurationText.text(duration) == text)
    }

    @Test(
        "of bytes is read with a binary unit or none",
        arguments: [
            ("64KiB", 65_536), ("1MiB", 1_048_576), ("512MiB", 536_870_912), ("1GiB", 1_073_741_824), ("4096", 4_096),
            ("0", 0),
        ]
    )
    func size(text: String, bytes: Int) {
        #expect(ByteSize.parse(text) == bytes)
    }

    @Test(
        "of bytes is refused in any other form",
        arguments: ["", "KiB", "1KB", "1K", "1kib", "1 KiB", "-1", "1.5MiB", "1TiB", "9223372036854775807GiB"]
    )
    func badSize(text: String) {
        #expect(ByteSize.parse(text) == nil)
    }

    @Test("of bytes is written as it is read", arguments: ["64KiB", "1MiB", "1GiB", "1025", "0", "1025KiB"])
    func sizeText(text: String) throws {
        let bytes = try #require(ByteSize.parse(text))
        #expect(ByteSize.text(bytes) == text)
    }
}
