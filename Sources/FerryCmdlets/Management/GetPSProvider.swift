import FerryEngine

/// Lists what stands behind drives.
struct GetPSProvider: Cmdlet {
    static let provider = Parameter<[String]>(
        "PSProvider", position: 0, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty], wildcards: true)
    static let signature = Signature(
        "Get-PSProvider", typeName: "Microsoft.PowerShell.Commands.GetPSProviderCommand", parameters: [provider])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let drives = try GetPSDrive.drives(io, scope: nil)
        for wanted in call[Self.provider].isEmpty ? ["*"] : call[Self.provider] {
            let found = ProviderObject.names.filter { WildcardPattern(wanted).matches($0) }
            if found.isEmpty, !WildcardPattern.isPattern(wanted) {
                try io.report(
                    "ProviderNotFound", .objectNotFound, "Cannot find a provider with the name '\(wanted)'.",
                    target: .string(wanted), exception: "System.Management.Automation.ProviderNotFoundException")
            }
            for name in found {
                let own = drives.filter { $0.provider == name }.map { Value.object($0) }
                try io.emit(.object(ProviderObject(name, drives: own)))
            }
        }
    }
}
