import Crypto
import Foundation

/// A digest in the making, by the name its algorithm has in PowerShell.
struct FileDigest {
    private enum Function {
        case md5(Insecure.MD5)
        case sha1(Insecure.SHA1)
        case sha256(SHA256)
        case sha384(SHA384)
        case sha512(SHA512)
    }
    private var function: Function

    /// - Parameter name: `MD5`, `SHA1`, `SHA384`, `SHA512`; anything else is `SHA256`.
    init(_ name: String) {
        function =
            switch name {
            case "MD5": .md5(Insecure.MD5())
            case "SHA1": .sha1(Insecure.SHA1())
            case "SHA384": .sha384(SHA384())
            case "SHA512": .sha512(SHA512())
            default: .sha256(SHA256())
            }
    }

    mutating func update(_ bytes: some Collection<UInt8>) {
        let data = Data(bytes)
        switch function {
        case .md5(var state):
            state.update(data: data)
            function = .md5(state)
        case .sha1(var state):
            state.update(data: data)
            function = .sha1(state)
        case .sha256(var state):
            state.update(data: data)
            function = .sha256(state)
        case .sha384(var state):
            state.update(data: data)
            function = .sha384(state)
        case .sha512(var state):
            state.update(data: data)
            function = .sha512(state)
        }
    }

    /// In capital hexadecimal digits.
    var text: String {
        switch function {
        case .md5(let state): Self.hexadecimal(state.finalize())
        case .sha1(let state): Self.hexadecimal(state.finalize())
        case .sha256(let state): Self.hexadecimal(state.finalize())
        case .sha384(let state): Self.hexadecimal(state.finalize())
        case .sha512(let state): Self.hexadecimal(state.finalize())
        }
    }

    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        digest.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
