import FerryCore

/// Bytes a second of one lane, learnt from its rounds.
///
/// A tiny round measures the network's latency, not its rate, so it counts only while nothing better is known.
package struct RateEstimate: Sendable, Hashable {
    /// Rounds below this say little about the rate.
    static let trustworthyBytes: UInt64 = 4 << 20

    /// nil before the first round in which the lane carried something.
    package private(set) var bytesPerSecond: Double?
    private var isTrustworthy = false

    package init() {}

    /// - Parameter busy: from the lane's first item taken to its last acknowledged.
    package mutating func learn(bytes: UInt64, busy: Duration) {
        guard bytes > 0 else { return }
        let measured = Double(bytes) / max(busy.inSeconds, 1e-6)
        let isBig = bytes >= Self.trustworthyBytes
        guard isBig || !isTrustworthy else { return }
        if isBig, isTrustworthy, let known = bytesPerSecond {
            bytesPerSecond = (known + measured) / 2
        } else {
            bytesPerSecond = measured
        }
        isTrustworthy = isTrustworthy || isBig
    }
}
