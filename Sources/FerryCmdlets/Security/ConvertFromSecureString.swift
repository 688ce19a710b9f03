import FerryEngine

/// Writes a secure string as text: encrypted with a key, or plain when asked.
struct ConvertFromSecureString: Cmdlet {
    static let secure = Parameter<Value>(
        "SecureString", position: 0, mandatory: true, pipeline: .byValue, type: .secureString)
    static let secureKey = Parameter<Value>("SecureKey", position: 1, type: .secureString)
    static let asPlainText = Parameter<Bool>.switch("AsPlainText")
    static let key = Parameter<Value>("Key", type: .array(of: .byte))
    static let signature = Signature(
        "ConvertFrom-SecureString", typeName: "Microsoft.PowerShell.Commands.ConvertFromSecureStringCommand",
        defaultSet: "Secure", outputs: [.string], parameters: [secure],
        sets: [
            ParameterSet("Secure", [secureKey]), ParameterSet("AsPlainText", [asPlainText]),
            ParameterSet("Open", [key]),
        ])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let secret = call[Self.secure].hosted(SecureText.self)?.revealed, !secret.isEmpty else {
            throw io.failing(
                "Argument", .invalidArgument, "The secure string is empty. (Parameter 'SecureString')",
                exception: "System.Management.Automation.PSArgumentException")
        }
        if call[Self.asPlainText] { return try io.emit(.string(secret)) }
        guard let key = io.key(call, Self.secureKey, Self.key) else {
            return try io.emit(.string(SecureTextCipher.plain(secret)))
        }
        let text: String
        do throws(SecureTextCipher.Fault) { text = try SecureTextCipher.encrypt(secret, key: key) } catch {
            throw io.failing(
                "Argument", .invalidArgument,
                "The key has \(key.count) bytes. Keys of AES have 16, 24 or 32 bytes. (Parameter 'key')",
                exception: "System.Management.Automation.PSArgumentException")
        }
        try io.emit(.string(text))
    }
}

extension CommandIO {
    /// The bytes of the key a command was given, as bytes or as a secure string; nil without one.
    func key(_ call: Call, _ secure: Parameter<Value>, _ open: Parameter<Value>) -> [UInt8]? {
        if call.isBound(secure), let text = call[secure].hosted(SecureText.self) {
            return SecureTextCipher.key(text.revealed)
        }
        guard call.isBound(open), !call[open].isNull else { return nil }
        return (call[open].elements ?? [call[open]]).compactMap { value in
            guard case .number(.byte(let byte)) = value else { return nil }
            return byte
        }
    }
}
