import FerryEngine

/// Shows what a secure string hides, when asked plainly.
struct ConvertFromSecureString: Cmdlet {
    static let secure = Parameter<Value>("SecureString", position: 0, mandatory: true, pipeline: .byValue)
    static let asPlainText = Parameter<Bool>.switch("AsPlainText")
    static let signature = Signature(
        "ConvertFrom-SecureString", typeName: "Microsoft.PowerShell.Commands.ConvertFromSecureStringCommand",
        outputs: [.string], parameters: [secure, asPlainText])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let secret = call[Self.secure].hosted(SecureText.self), call[Self.asPlainText] else {
            throw io.failing(
                "ExportSecureString_InvalidArgument", .invalidArgument,
                "Encrypting a secure string is not supported on Linux. Use -AsPlainText with a secure string.",
                exception: "System.Management.Automation.PSArgumentException")
        }
        try io.emit(.string(secret.revealed))
    }
}
