/// `System.Version`: two to four parts; absent ones read as −1.
package struct VersionNumber: Hashable, Sendable, Comparable {
    package var major: Int32
    package var minor: Int32
    package var build: Int32
    package var revision: Int32

    package init(_ major: Int32, _ minor: Int32, _ build: Int32 = -1, _ revision: Int32 = -1) {
        self.major = major
        self.minor = minor
        self.build = build
        self.revision = revision
    }

    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map {
            Int32(String($0).filter { !$0.isWhitespace })
        }
        guard (2...4).contains(parts.count), parts.allSatisfy({ ($0 ?? -1) >= 0 }) else { return nil }
        let numbers = parts.compactMap { $0 }
        self.init(numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : -1, numbers.count > 3 ? numbers[3] : -1)
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor, left.build, left.revision) < (right.major, right.minor, right.build, right.revision)
    }

    package var text: String {
        [major, minor, build, revision].prefix { $0 >= 0 }.map(String.init).joined(separator: ".")
    }
}
