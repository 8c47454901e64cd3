#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A network of IPv4 or IPv6 addresses, written `10.0.0.0/8` or `fd00::/8`.
package struct AddressRange: Sendable, Equatable {
    /// 4 bytes or 16, zero behind the prefix.
    private let bytes: [UInt8]
    /// How many bits are the same in all of its addresses.
    private let prefix: Int

    init(parsing text: String) throws(HostPort.Problem) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let bytes = Self.bytes(of: parts[0]) else {
            throw HostPort.Problem(text: "is not a network of IPv4 or IPv6 addresses")
        }
        guard let prefix = Int(parts[1]), String(prefix) == parts[1], (0...bytes.count * 8).contains(prefix) else {
            throw HostPort.Problem(text: "has a prefix that is no number from 0 to \(bytes.count * 8)")
        }
        self.prefix = prefix
        self.bytes = Self.combine(bytes, Array(repeating: 0, count: bytes.count), prefix)
        guard self.bytes == bytes else {
            let network = "\(Self.text(self.bytes))/\(prefix)"
            throw HostPort.Problem(text: "is an address in a network: the network is \(network)")
        }
    }

    /// Whether a host is an address in this network; a name never is.
    package func contains(_ host: String) -> Bool {
        guard let address = Self.bytes(of: host), address.count == bytes.count else { return false }
        return Self.combine(bytes, address, prefix) == address
    }

    /// The address that has the place of this one in another network of the same size; nil for what is not in this one.
    package func moving(_ host: String, to other: AddressRange) -> String? {
        guard contains(host), let address = Self.bytes(of: host) else { return nil }
        return Self.text(Self.combine(other.bytes, address, prefix))
    }

    func isAsLarge(as other: AddressRange) -> Bool { prefix == other.prefix && bytes.count == other.bytes.count }

    /// The first bits of one address, the others of another one.
    private static func combine(_ head: [UInt8], _ tail: [UInt8], _ prefix: Int) -> [UInt8] {
        head.indices.map { index in
            let bits = min(8, max(0, prefix - index * 8))
            let mask = ~UInt8(truncatingIfNeeded: 0xFF >> bits)
            return head[index] & mask | tail[index] & ~mask
        }
    }

    private static func bytes(of host: String) -> [UInt8]? {
        let isLong = host.contains(":")
        var bytes = [UInt8](repeating: 0, count: isLong ? 16 : 4)
        return inet_pton(isLong ? AF_INET6 : AF_INET, host, &bytes) == 1 ? bytes : nil
    }

    private static func text(_ bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(bytes.count == 16 ? AF_INET6 : AF_INET, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
