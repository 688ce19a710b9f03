package import FerryEngine

/// The module `Microsoft.PowerShell.Security`: every command, one line each.
package enum SecurityCommands {
    package static let module = CommandModule(
        "Microsoft.PowerShell.Security",
        commands: [
            ConvertFromSecureString.self,
            ConvertToSecureString.self,
            GetCredential.self,
            GetExecutionPolicy.self,
            SetExecutionPolicy.self,
        ],
        constructors: ["System.Management.Automation.PSCredential": CredentialObject.make])
}
