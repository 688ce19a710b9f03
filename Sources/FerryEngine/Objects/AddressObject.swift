import Glibc

/// `[ipaddress]'10.0.0.1'`
package final class AddressObject: Object {
    private let shown: String
    /// In the network's order: 4 of them, or 16.
    let bytes: [UInt8]
    private let isV6: Bool

    /// - Parameter bytes: nil for another number than 4 or 16 of them.
    convenience init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4: self.init(bytes.map(String.init).joined(separator: "."))
        case 16:
            let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
            self.init(groups.map { String($0, radix: 16) }.joined(separator: ":"))
        default: return nil
        }
    }

    /// - Parameter number: an address of version 4 as .NET counts it, its first byte lowest.
    convenience init?(number: Int64) {
        guard let number = UInt32(exactly: number) else { return nil }
        self.init(bytes: (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
    }

    private var number: Int64? {
        isV6 ? nil : bytes.reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }

    package init?(_ text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        // SAFETY: inet_pton fills the structure it is given; sizes are those of the types.
        if unsafe inet_pton(AF_INET, text, &v4) == 1 {
            bytes = unsafe withUnsafeBytes(of: &v4) { unsafe Array($0) }
            isV6 = false
            shown = bytes.map(String.init).joined(separator: ".")
        } else if unsafe inet_pton(AF_INET6, text, &v6) == 1 {
            bytes = unsafe withUnsafeBytes(of: &v6) { unsafe Array($0) }
            isV6 = true
            var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            _ = unsafe inet_ntop(AF_INET6, &v6, &buffer, socklen_t(buffer.count))
            shown = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        } else {
            return nil
        }
    }

    package override var typeName: RuntimeType { .ipAddress }
    package override var text: String { shown }
    package override func isEqual(to other: Object) -> Bool { (other as? AddressObject)?.bytes == bytes }
    package override var propertyNames: [String] {
        [
            "AddressFamily", "ScopeId", "IsIPv6Multicast", "IsIPv6LinkLocal", "IsIPv6SiteLocal", "IsIPv6UniqueLocal",
            "IsIPv4MappedToIPv6", "Address", "IPAddressToString",
        ]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "addressfamily": .string(isV6 ? "InterNetworkV6" : "InterNetwork")
        case "ipaddresstostring": .string(shown)
        case "address": number.map { .long($0) } ?? .null
        case "isipv6linklocal": .bool(isV6 && bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80)
        case "scopeid": isV6 ? .long(0) : .null
        case "isipv6multicast": .bool(isV6 && bytes[0] == 0xff)
        case "isipv6sitelocal": .bool(isV6 && bytes[0] == 0xfe && bytes[1] & 0xc0 == 0xc0)
        case "isipv6uniquelocal": .bool(isV6 && bytes[0] & 0xfe == 0xfc)
        case "isipv4mappedtoipv6":
            .bool(isV6 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff)
        default: nil
        }
    }
}
