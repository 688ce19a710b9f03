import CCrypto
import FerryCore

/// HKDF with SHA-256 (RFC 5869), and SHA-256 itself.
enum KeyDerivation {
    static func derive(_ secret: [UInt8], salt: [UInt8], info: [UInt8], count: Int) throws(Failure) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        var length = count
        // SAFETY: every pointer is to an array that outlives the call, with its own count; the context is freed below.
        guard let context = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nil) else { throw cryptoFailure("derive a key") }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_derive_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1,
            unsafe EVP_PKEY_CTX_set1_hkdf_salt(context, salt, Int32(salt.count)) == 1,
            unsafe EVP_PKEY_CTX_set1_hkdf_key(context, secret, Int32(secret.count)) == 1,
            unsafe EVP_PKEY_CTX_add1_hkdf_info(context, info, Int32(info.count)) == 1,
            unsafe EVP_PKEY_derive(context, &result, &length) == 1, length == count
        else { throw cryptoFailure("derive a key") }
        return result
    }

    static func cryptoFailure(_ attempt: String) -> Failure {
        Failure(ChannelFault.cryptographyFailed, "Cannot \(attempt): the cryptographic library refused.")
    }
}

/// A SHA-256 that grows.
@safe
struct Digest: ~Copyable {
    // SAFETY: made in init, freed in deinit, used by the one owner.
    private let context: OpaquePointer

    init() throws(Failure) {
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            throw KeyDerivation.cryptoFailure("start a digest")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    mutating func update(_ bytes: RawSpan) {
        // SAFETY: the span is valid for the call.
        unsafe bytes.withUnsafeBytes { bytes in _ = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }
    }

    mutating func update(_ bytes: [UInt8]) { _ = unsafe EVP_DigestUpdate(context, bytes, bytes.count) }

    mutating func update(_ value: UInt64) {
        var little = value.littleEndian
        _ = unsafe EVP_DigestUpdate(context, &little, 8)
    }

    consuming func finish() -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        _ = unsafe EVP_DigestFinal_ex(context, &result, nil)
        return result
    }
}
