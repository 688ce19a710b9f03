/// `ProviderInfo`: what stands behind drives.
package final class ProviderObject: Object {
    package static let names = ["Alias", "Environment", "FileSystem", "Function", "Variable"]

    package let name: String
    private let drives: [Value]

    /// - Parameter drives: those of the provider that are known where the object is made.
    package init(_ name: String, drives: [Value] = []) {
        self.name = name
        self.drives = drives
    }

    private static let type = RuntimeType("System.Management.Automation.ProviderInfo")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { "Microsoft.PowerShell.Core\\" + name }
    package override func isEqual(to other: Object) -> Bool { (other as? ProviderObject)?.name == name }
    package override var propertyNames: [String] {
        [
            "ImplementingType", "HelpFile", "Name", "PSSnapIn", "ModuleName", "Module", "Description", "Capabilities",
            "Home", "Drives",
        ]
    }
    package override func property(_ wanted: String) throws(Stop) -> Value? {
        switch wanted.folded {
        case "name": .string(name)
        case "modulename": .string("Microsoft.PowerShell.Core")
        case "implementingtype": .string("Microsoft.PowerShell.Commands.\(name)Provider")
        case "helpfile": .string("System.Management.Automation.dll-Help.xml")
        case "pssnapin", "module": .null
        case "description": .string("")
        case "capabilities":
            .symbol(Self.capabilities.value(name == "FileSystem" ? 2 | 16 | 32 : 16))
        case "home": name == "FileSystem" ? .optional(Environment.value("HOME")) : .string("")
        case "drives": .array(ArrayObject(drives))
        default: nil
        }
    }

    private static let capabilities = EnumType(
        "System.Management.Automation.Provider.ProviderCapabilities",
        [
            ("None", 0), ("Include", 1), ("Filter", 2), ("Exclude", 4), ("ExpandWildcards", 8), ("ShouldProcess", 16),
            ("Credentials", 32), ("Transactions", 64),
        ], flags: true)
}
