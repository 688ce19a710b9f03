import FerryCore

/// A compiled command: one `struct` per file, named verb-noun without the hyphen.
///
/// A fresh value is made for each invocation, so stored properties are the command's state between its blocks. `begin` runs
/// before input, `process` once for each pipeline object (once, when there is none), `end` after the last. All run on the
/// runspace's thread.
package protocol Cmdlet: SendableMetatype {
    static var signature: Signature { get }
    init()
    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop)
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop)
    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop)
    /// Runs whatever happened, after the other blocks: closes what they opened.
    mutating func dispose()
}

extension Cmdlet {
    package mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {}
    package mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {}
    package mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {}
    package mutating func dispose() {}
}

/// A named set of compiled commands: what a built-in module is.
package struct CommandModule: Sendable {
    package let name: String
    package let version: String
    package let commands: [any Cmdlet.Type]
    /// Alias to command.
    package let aliases: [String: String]
    package let description: String
    /// What scripts may name: `[Microsoft.HyperV.PowerShell.VMState]`.
    package let types: [RuntimeType]
    /// `[T]::new(…)` and `New-Object` for types whose objects this module makes, by full name: `nil` for arguments that fit no
    /// constructor.
    package let constructors: [String: @Sendable ([Value]) throws(Stop) -> Value?]

    package init(
        _ name: String, version: String = "7.0.0.0", description: String = "", aliases: [String: String] = [:],
        types: [RuntimeType] = [], commands: [any Cmdlet.Type],
        constructors: [String: @Sendable ([Value]) throws(Stop) -> Value?] = [:]
    ) {
        self.constructors = constructors
        self.name = name
        self.version = version
        self.description = description
        self.aliases = aliases
        self.types = types
        self.commands = commands
    }
}

/// What any command — compiled, function, alias, script or program — tells `Get-Command` and error records.
package protocol CommandDescription: AnyObject {
    var name: String { get }
    var commandType: CommandType { get }
    var moduleName: String? { get }
    var definition: String { get }
    /// `nil` for programs.
    var signature: Signature? { get }
    /// The `CommandInfo` object scripts see.
    var object: Value { get }
}

package enum CommandType: String, ScriptEnum {
    case alias = "Alias"
    case function = "Function"
    case filter = "Filter"
    case cmdlet = "Cmdlet"
    case externalScript = "ExternalScript"
    case application = "Application"
    case script = "Script"

    package static let enumType = EnumType(
        "System.Management.Automation.CommandTypes",
        [
            ("Alias", 1), ("Function", 2), ("Filter", 4), ("Cmdlet", 8), ("ExternalScript", 16), ("Application", 32),
            ("Script", 64), ("Configuration", 256), ("All", 383),
        ], flags: true)
}
