import FerryEngine

/// Hides text in a secure string.
struct ConvertToSecureString: Cmdlet {
    static let string = Parameter<String>("String", position: 0, mandatory: true, pipeline: .byValue)
    static let asPlainText = Parameter<Bool>.switch("AsPlainText")
    static let force = Parameter<Bool>.switch("Force")
    static let signature = Signature(
        "ConvertTo-SecureString", typeName: "Microsoft.PowerShell.Commands.ConvertToSecureStringCommand",
        outputs: [.secureString], parameters: [string, asPlainText, force])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard call[Self.asPlainText] else {
            throw io.failing(
                "ImportSecureString_InvalidArgument", .invalidArgument,
                "Encrypted standard strings are not supported on Linux. Use -AsPlainText for text that is not encrypted.",
                exception: "System.Management.Automation.PSArgumentException")
        }
        try io.emit(SecureText(call[Self.string]).value)
    }
}
