import CCrypto
package import FerryCore

/// The protection of one direction of one connection.
///
/// The nonce is the derived 96-bit vector XOR the record's number, and the number is never sent: a record that was replayed,
/// dropped or moved fails its check. Before the number of records reaches `rekeyInterval` the next key is derived from the
/// chain, on both sides alike, and the old one is forgotten.
///
/// Encrypted: AES-256-GCM. Authenticated only: the same bytes enter GCM as associated data (GMAC), and travel as they are.
// SAFETY: its context is used by its one owner, on one thread at a time.
@safe
package struct RecordCipher: ~Copyable, @unchecked Sendable {
    package static let tagLength = 16
    /// Far below GCM's bound for the number of records under one key.
    package static let rekeyInterval: UInt64 = 1 << 24

    // SAFETY: made in init, freed in deinit, used by the one owner, on one thread at a time.
    private let context: OpaquePointer
    private let isEncrypting: Bool
    private let interval: UInt64
    private var chain: [UInt8]
    private var vector: [UInt8]
    private var count: UInt64 = 0

    /// - Parameters:
    ///   - chain: the first 32 bytes of this direction.
    ///   - isSealing: whether this is the sending side.
    package init(
        chain: [UInt8], mode: TrafficProtection.Mode, isSealing: Bool,
        rekeyInterval: UInt64 = RecordCipher.rekeyInterval
    ) throws(Failure) {
        let keys = try Keys(chain)
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw KeyDerivation.cryptoFailure("make a cipher") }
        guard unsafe EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, keys.key, nil, isSealing ? 1 : 0) == 1 else {
            unsafe EVP_CIPHER_CTX_free(context)
            throw KeyDerivation.cryptoFailure("start AES-256-GCM")
        }
        unsafe self.context = context
        isEncrypting = mode == .encrypted
        interval = rekeyInterval
        self.chain = keys.next
        vector = keys.vector
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    private struct Keys {
        let key: [UInt8]
        let vector: [UInt8]
        let next: [UInt8]

        init(_ chain: [UInt8]) throws(Failure) {
            key = try KeyDerivation.derive(chain, salt: [], info: Array("ferry record key".utf8), count: 32)
            vector = try KeyDerivation.derive(chain, salt: [], info: Array("ferry record vector".utf8), count: 12)
            next = try KeyDerivation.derive(chain, salt: [], info: Array("ferry next chain".utf8), count: 32)
        }
    }

    private mutating func turnKey() throws(Failure) {
        let keys = try Keys(chain)
        guard unsafe EVP_CipherInit_ex(context, nil, nil, keys.key, nil, -1) == 1 else {
            throw KeyDerivation.cryptoFailure("set a key")
        }
        chain = keys.next
        vector = keys.vector
    }

    /// Starts the next record.
    mutating func begin() throws(Failure) {
        if count > 0, count % interval == 0 { try turnKey() }
        var nonce = vector
        for index in 0..<8 { nonce[11 - index] ^= UInt8(truncatingIfNeeded: count >> (8 * UInt64(index))) }
        count += 1
        guard unsafe EVP_CipherInit_ex(context, nil, nil, nil, nonce, -1) == 1 else {
            throw KeyDerivation.cryptoFailure("start a record")
        }
    }

    /// Puts `source` at `destination` in the form it travels in. `source` is read once: it may change meanwhile.
    mutating func seal(_ source: RawSpan, at destination: UnsafeMutableRawPointer) throws(Failure) {
        var length: Int32 = 0
        // SAFETY: the caller holds `destination` to be as long as the span, which is valid for the call; lengths are at most
        // a record's and fit Int32.
        let isDone = unsafe source.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return true }
            let size = Int32(bytes.count)
            if isEncrypting {
                return unsafe EVP_CipherUpdate(
                    context, destination.assumingMemoryBound(to: UInt8.self), &length,
                    base.assumingMemoryBound(to: UInt8.self), size) == 1
            }
            // Copied before it is summed, because the guest may be writing to `source`.
            unsafe destination.copyMemory(from: base, byteCount: bytes.count)
            return unsafe EVP_CipherUpdate(context, nil, &length, destination.assumingMemoryBound(to: UInt8.self), size)
                == 1
        }
        guard isDone else { throw KeyDerivation.cryptoFailure("protect a record") }
    }

    /// Ends the record being sealed and writes its tag.
    mutating func finishSealing(tag: UnsafeMutableRawPointer) throws(Failure) {
        var length: Int32 = 0
        // SAFETY: the caller has `tagLength` bytes there; GCM's final step writes nothing else.
        guard unsafe EVP_CipherFinal_ex(context, tag.assumingMemoryBound(to: UInt8.self), &length) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagLength), tag) == 1
        else { throw KeyDerivation.cryptoFailure("finish a record") }
    }

    /// Opens `count` bytes in place, followed by their tag. False: what arrived is not what was sent.
    mutating func open(_ bytes: UnsafeMutableRawPointer, count size: Int) throws(Failure) -> Bool {
        try begin()
        var length: Int32 = 0
        let start = unsafe bytes.assumingMemoryBound(to: UInt8.self)
        // SAFETY: the caller holds `size` + `tagLength` bytes there.
        let output = unsafe isEncrypting ? start : nil
        guard unsafe EVP_CipherUpdate(context, output, &length, start, Int32(size)) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(
                context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagLength), bytes + size) == 1
        else { throw KeyDerivation.cryptoFailure("open a record") }
        return unsafe EVP_CipherFinal_ex(context, start + size, &length) == 1
    }
}
