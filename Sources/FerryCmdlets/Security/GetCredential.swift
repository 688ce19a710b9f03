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
        io.runspace.writeHostLine("")
        io.runspace.writeHostLine(call.isBound(Self.title) ? call[Self.title] : "PowerShell credential request")
        io.runspace.writeHostLine(call.isBound(Self.message) ? call[Self.message] : "Enter your credentials.")
        var user = call.isBound(Self.userName) ? call[Self.userName] : given.display
        if user.isEmpty { user = try io.host.readLine(prompt: "User: ") ?? "" }
        let password = try io.host.readSecret(prompt: "Password for user \(user): ") ?? ""
        guard !user.isEmpty else { return }
        try io.emit(CredentialObject(user, SecureText(password)).value)
    }
}

/// `PSCredential`.
final class CredentialObject: HostedBody {
    let userName: String
    let password: SecureText

    init(_ userName: String, _ password: SecureText) {
        self.userName = userName
        self.password = password
    }

    /// `[pscredential]::new('name', $secureString)`
    @Sendable static func make(_ arguments: [Value]) throws(Stop) -> Value? {
        guard arguments.count == 2, let password = arguments[1].hosted(SecureText.self) else { return nil }
        return CredentialObject(arguments[0].display, password).value
    }

    var typeName: RuntimeType { .credential }
    var isImmutable: Bool { true }
    var text: String { "System.Management.Automation.PSCredential" }
    var propertyNames: [String] { ["UserName", "Password"] }
    func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "username": .string(userName)
        case "password": password.value
        default: nil
        }
    }
}
