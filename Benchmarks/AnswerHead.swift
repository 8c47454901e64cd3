/// What a reader of answers needs of a head: where it ends, its status, and how long the body is.
struct AnswerHead {
    let length: Int
    let status: Int
    let bodyLength: Int

    /// Nil when the head is not complete. The length of the body is looked for as both servers write it.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 16 else { return nil }
        let digits = (9..<12).map { Int(bytes[$0]) - 0x30 }
        status = digits[0] * 100 + digits[1] * 10 + digits[2]
        let name: StaticString = "\nContent-Length: "
        var bodyLength = 0
        var index = 12
        while index + 2 < bytes.count {
            if bytes[index] == 0x0A {
                if bytes[index + 1] == 0x0D, bytes[index + 2] == 0x0A {
                    length = index + 3
                    self.bodyLength = bodyLength
                    return
                }
                bodyLength = AnswerHead.number(bytes, after: name, at: index) ?? bodyLength
            }
            index += 1
        }
        return nil
    }

    /// The number behind a name that stands at a place; nil when it does not stand there.
    private static func number(_ bytes: UnsafeRawBufferPointer, after name: StaticString, at start: Int) -> Int? {
        var index = start
        for offset in 0..<name.utf8CodeUnitCount {
            guard index < bytes.count, bytes[index] == name.utf8Start[offset] else { return nil }
            index += 1
        }
        var value = 0
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
            value = value * 10 + Int(bytes[index]) - 0x30
            index += 1
        }
        return value
    }
}
