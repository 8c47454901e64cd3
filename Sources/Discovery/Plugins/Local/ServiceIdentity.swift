import CCrypto
import Registry
import ServiceCenterWire

/// The IDs that this registry gives.
enum ServiceIdentity {
    /// The ID of a microservice that brings none: the same that a service-center gives by default, so that equal
    /// microservices have equal IDs in all registries.
    /// Rule: service-center's `uuid/context` plugin: SHA-1 of the key of the index entry, in hexadecimal.
    static func serviceID(of key: MicroserviceKey) -> ServiceID {
        let text = Array(DumpKey.index(key).utf8)
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        _ = SHA1(text, text.count, &digest)
        return ServiceID(hexadecimal(digest))
    }

    /// A new instance ID: 32 random hexadecimal digits.
    static func newInstanceID() -> InstanceID {
        InstanceID(hexadecimal((0..<16).map { _ in UInt8.random(in: .min ... .max) }))
    }

    /// The ID of the part with this number of something new whose own ID is random: 32 hexadecimal digits.
    static func partID(_ number: Int, of whole: InstanceID) -> String {
        let text = Array("\(whole)/\(number)".utf8)
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        _ = SHA1(text, text.count, &digest)
        return hexadecimal(Array(digest.prefix(16)))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
