import FerryEngine

/// Asks for a user name and a password.
struct GetCredential: Cmdlet {
    static let credential = Parameter<Value>("Credential", position: 0)
    static let userName = Parameter<String>("UserName", position: 0)
    static let message = Parameter<String>("Message", mandatory: true)
    static let title = Parameter<String>("Title")
    static let signature = Signature(
        "Get-Credential", typeName: "Microsoft.PowerShell.Commands.GetCredentialCommand", defaultSet: "CredentialSet",
        outputs: [.credential],
        sets: [
            ParameterSet("CredentialSet", [credential]),
            ParameterSet("MessageSet", [message.mandatory(false), userName, title]),
        ])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let given = call[Self.credential]
        if given.hosted(CredentialObject.self) != nil { return try io.emit(given) }
        let found = try io.runspace.askCredential(
            caption: call.isBound(Self.title) ? call[Self.title] : "PowerShell credential request",
            message: call.isBound(Self.message) ? call[Self.message] : "Enter your credentials.",
            userName: call.isBound(Self.userName) ? call[Self.userName] : given.display)
        if let found { try io.emit(found.value) }
    }
}
