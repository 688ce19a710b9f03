import FerryEngine

/// Makes a secure string of plain text, or of what ConvertFrom-SecureString wrote.
struct ConvertToSecureString: Cmdlet {
    static let string = Parameter<String>("String", position: 0, mandatory: true, pipeline: .byValue)
    static let secureKey = Parameter<Value>("SecureKey", position: 1, type: .secureString)
    static let key = Parameter<Value>("Key", type: .array(of: .byte))
    static let asPlainText = Parameter<Bool>.switch("AsPlainText")
    static let force = Parameter<Bool>.switch("Force")
    static let signature = Signature(
        "ConvertTo-SecureString", typeName: "Microsoft.PowerShell.Commands.ConvertToSecureStringCommand",
        defaultSet: "Secure", outputs: [.secureString], parameters: [string],
        sets: [
            ParameterSet("Secure", [secureKey]), ParameterSet("PlainText", [asPlainText, force]),
            ParameterSet("Open", [key]),
        ])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let text = call[Self.string]
        if call[Self.asPlainText] { return try io.emit(SecureText(text).value) }
        let plain: String
        do throws(SecureTextCipher.Fault) {
            plain = try SecureTextCipher.decrypt(text, key: io.key(call, Self.secureKey, Self.key))
        } catch {
            return try refuse(error, io)
        }
        try io.emit(SecureText(plain).value)
    }

    private func refuse(_ fault: SecureTextCipher.Fault, _ io: CommandIO) throws(Stop) {
        switch fault {
        case .keyLength:
            try io.report(
                "ImportSecureString_InvalidArgument", .invalidArgument,
                "The specified key is not valid. Keys of AES have 16, 24 or 32 bytes.",
                exception: "System.Management.Automation.PSArgumentException")
        case .form:
            try io.report(
                "ImportSecureString_InvalidArgument", .invalidArgument,
                "The text is not what ConvertFrom-SecureString writes. For text that is not encrypted use -AsPlainText.",
                exception: "System.Management.Automation.PSArgumentException")
        case .key:
            try io.report(
                "ImportSecureString_InvalidArgument_CryptographicError", .invalidArgument,
                "The text cannot be decrypted: it was encrypted with another key, or is damaged.",
                exception: "System.Security.Cryptography.CryptographicException")
        }
    }
}
