/// What a side can do beyond the version. Unknown bits are ignored: the session uses what both sides offer.
package struct Capabilities: OptionSet, Sendable, Hashable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Compares a digest of all memory before READY.
    package static let memoryDigest = Capabilities(rawValue: 1 << 0)
    /// Carries the files of a direct boot.
    package static let bootFiles = Capabilities(rawValue: 1 << 1)

    package static let all: Capabilities = [.memoryDigest, .bootFiles]
}
