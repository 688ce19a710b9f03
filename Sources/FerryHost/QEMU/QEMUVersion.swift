/// A QEMU release. `Comparable` by major, minor, micro.
package struct QEMUVersion: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    package var major: Int
    package var minor: Int
    package var micro: Int

    package init(_ major: Int, _ minor: Int, _ micro: Int = 0) {
        self.major = major
        self.minor = minor
        self.micro = micro
    }

    /// "7.2.22" or "7.2"; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard (2...3).contains(parts.count), let major = parts[0], let minor = parts[1] else { return nil }
        if parts.count == 3 {
            guard let micro = parts[2] else { return nil }
            self.init(major, minor, micro)
        } else {
            self.init(major, minor)
        }
    }

    /// From the first line of `qemu-system-x86_64 --version`.
    package init?(banner: String) {
        let words = banner.split(whereSeparator: \.isWhitespace)
        guard let index = words.firstIndex(of: "version"), index + 1 < words.count else { return nil }
        self.init(words[index + 1].prefix { $0.isNumber || $0 == "." })
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor, left.micro) < (right.major, right.minor, right.micro)
    }

    package var description: String { "\(major).\(minor).\(micro)" }

    /// The oldest release Ferry works with.
    package static let oldest = QEMUVersion(7, 2)
}
