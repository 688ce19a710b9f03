import FerryCore

/// The tokens this host has made: what is kept of each, and the decision whether a secret may still be used.
///
/// A value without clock or file, so that making and using one can be stored together with what it leads to. Only hashes of
/// secrets are kept; used and expired ones stay for a while, so that the second use can be told what was wrong.
struct TrustTokens: Codable, Hashable, Sendable {
    private struct Issued: Codable, Hashable, Sendable {
        /// SHA-256 of the secret, hexadecimal.
        var secretHash: String
        /// Unix time.
        var expires: Double
        /// Name of the host that used it.
        var usedBy: String?
    }

    /// Open ones. Printing more than a person can use is a script gone wrong.
    private static let openLimit = 100
    /// Seconds that an ended token is remembered.
    private static let memory: Double = 7 * 86_400

    private var issued: [Issued] = []

    mutating func issue(secretHash: [UInt8], expires: Double, now: Double) throws(Failure) {
        issued.removeAll { $0.expires + Self.memory < now }
        let open = issued.filter { $0.usedBy == nil && $0.expires > now }.count
        guard open < Self.openLimit else {
            throw Failure(
                TrustFault.tooManyTokens, "No more trust tokens can be made: \(open) are open on this host already.")
        }
        // Bounds the list, whoever makes and uses tokens in a loop.
        if issued.count >= 10 * Self.openLimit,
            let ended = issued.firstIndex(where: { $0.usedBy != nil || $0.expires <= now })
        {
            issued.remove(at: ended)
        }
        issued.append(Issued(secretHash: Hexadecimal.text(secretHash), expires: expires, usedBy: nil))
    }

    /// Uses the token with this secret up, for `host`.
    ///
    /// Every stored hash is compared, each in the same time whatever its bytes are.
    mutating func redeem(secretHash: [UInt8], host: String, now: Double) throws(Failure) {
        var found: Int?
        for (index, token) in issued.enumerated()
        where Self.isEqual(Hexadecimal.bytes(token.secretHash) ?? [], secretHash) {
            found = index
        }
        guard let found else {
            throw Failure(
                TrustFault.tokenUnknown, "The trust token is not one that this host made, or it is long past.")
        }
        if let user = issued[found].usedBy {
            throw Failure(TrustFault.tokenUsed, "The trust token was used already, by '\(user)'. A token serves once.")
        }
        guard issued[found].expires > now else {
            throw Failure(TrustFault.tokenExpired, "The trust token has expired.")
        }
        issued[found].usedBy = host
    }

    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
