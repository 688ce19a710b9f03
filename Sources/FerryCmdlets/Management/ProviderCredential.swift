import FerryEngine

/// `-Credential` of the commands that go through providers: none of them takes an account here, as PowerShell's FileSystem says, too.
enum ProviderCredential {
    static let credential = Parameter<Value>(
        "Credential", pipeline: .byProperty, type: .credential
    ).allowing([.null])

    /// An empty account is as good as none.
    static func refuse(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard call.isBound(credential) else { return }
        let given = call[credential]
        if given.isNull || given.hosted(CredentialObject.self)?.userName.isEmpty == true { return }
        throw io.failing(
            "NotSupported", .notImplemented,
            "The FileSystem provider supports credentials only on the New-PSDrive cmdlet. Perform the operation again without "
                + "specifying credentials.", exception: "System.Management.Automation.PSNotSupportedException")
    }
}
