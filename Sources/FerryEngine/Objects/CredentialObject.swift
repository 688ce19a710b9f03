/// `PSCredential`.
package final class CredentialObject: HostedBody {
    package let userName: String
    package let password: SecureText

    package init(_ userName: String, _ password: SecureText) {
        self.userName = userName
        self.password = password
    }

    /// `[pscredential]::new('name', $secureString)`
    @Sendable package static func make(_ arguments: [Value]) throws(Stop) -> Value? {
        guard arguments.count == 2, let password = arguments[1].hosted(SecureText.self) else { return nil }
        return CredentialObject(arguments[0].display, password).value
    }

    package var typeName: RuntimeType { .credential }
    package var isImmutable: Bool { true }
    package var text: String { "System.Management.Automation.PSCredential" }
    package var propertyNames: [String] { ["UserName", "Password"] }
    package func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "username": .string(userName)
        case "password": password.value
        default: nil
        }
    }
}
