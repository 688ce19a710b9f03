package import FerryCore
import Glibc

/// An IPv4 or IPv6 network in canonical form: host bits are zero, and one text stands for one network.
package struct Subnet: Sendable, Hashable {
    /// Four or sixteen bytes, network order, host bits zero.
    package let address: [UInt8]
    /// Bits, 0–32 or 0–128.
    package let prefixLength: Int

    /// "192.168.10.0/24", "192.168.10.3" (one address), "2001:db8::/64".
    ///
    /// - Throws: `HostFault.invalidSubnet`.
    package init(parsing text: String) throws(Failure) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = Self.bytes(ofAddress: String(parts[0])) else {
            throw Failure(
                HostFault.invalidSubnet,
                "Cannot validate argument on parameter 'Subnet'. \"\(text)\" is not an IPv4 or IPv6 address or network.",
                target: text)
        }
        var length = address.count * 8
        if parts.count == 2 {
            guard let given = Int(parts[1]), String(given) == parts[1], (0...length).contains(given) else {
                throw Failure(
                    HostFault.invalidSubnet,
                    "Cannot validate argument on parameter 'Subnet'. The prefix length of \"\(text)\" is not a number from 0 to \(length).",
                    target: text)
            }
            length = given
        }
        prefixLength = length
        self.address = Self.masked(address, length)
    }

    /// Whether `address`, four or sixteen bytes, lies in the network.
    package func contains(_ address: [UInt8]) -> Bool {
        address.count == self.address.count && Self.masked(address, prefixLength) == self.address
    }

    package static func bytes(ofAddress text: String) -> [UInt8]? {
        for (family, size) in [(AF_INET, 4), (AF_INET6, 16)] {
            var result = [UInt8](repeating: 0, count: size)
            // SAFETY: inet_pton writes exactly the family's four or sixteen bytes, and reads a zero-terminated copy.
            if unsafe inet_pton(family, text, &result) == 1 { return result }
        }
        return nil
    }

    package static func text(ofAddress bytes: [UInt8]) -> String {
        var result = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        // SAFETY: the buffer has the size that every address's text fits in; `bytes` has the family's length.
        let written = unsafe inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &result, socklen_t(result.count))
        guard unsafe written != nil else { return "" }
        return String(decoding: result.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func masked(_ bytes: [UInt8], _ length: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = min(8, max(0, length - index * 8))
            return kept == 8 ? byte : byte & ~(UInt8(0xFF) >> kept)
        }
    }
}

extension Subnet: CustomStringConvertible {
    package var description: String { "\(Self.text(ofAddress: address))/\(prefixLength)" }
}

extension Subnet: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do { try self.init(parsing: container.decode(String.self)) } catch let failure as Failure {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: failure.message)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
