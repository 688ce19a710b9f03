import FerryLanguage

/// A command as found by name.
package class CommandEntry: CommandDescription {
    package let name: String
    package internal(set) var moduleName: String?

    init(_ name: String, moduleName: String? = nil) {
        self.name = name
        self.moduleName = moduleName
    }

    package var commandType: CommandType { .application }
    package var definition: String { "" }
    package var signature: Signature? { nil }
    package var object: Value { .object(CommandObject(self)) }
    /// The command behind aliases.
    var resolved: CommandEntry { self }
    /// Whether a call site may remember the entry until commands change.
    var isCacheable: Bool { true }
    /// The path of a script or program.
    package var source: String { moduleName ?? "" }

    func makeStage(_ request: StageRequest) throws(Stop) -> Stage {
        throw .runtime("CommandNotRunnable", .invalidOperation, "The command '\(name)' cannot be run.")
    }
}

/// A compiled command.
package final class CmdletCommand: CommandEntry {
    let type: any Cmdlet.Type
    private let cachedSignature: Signature

    init(_ type: any Cmdlet.Type, moduleName: String) {
        self.type = type
        cachedSignature = type.signature
        super.init(cachedSignature.name, moduleName: moduleName)
    }

    package override var commandType: CommandType { .cmdlet }
    package override var signature: Signature? { cachedSignature }
    package override var definition: String { cachedSignature.syntaxLines.joined(separator: "\n") }

    override func makeStage(_ request: StageRequest) throws(Stop) -> Stage { try type.makeStage(request) }
}

/// `function` and `filter`.
package final class FunctionCommand: CommandEntry {
    let compiled: CompiledBlock
    let session: Session
    private let isFilter: Bool
    private let text: String
    private unowned let runspace: Runspace
    package var description = ""
    var options: Variable.Options = []

    init(
        _ name: String, _ compiled: CompiledBlock, session: Session, runspace: Runspace, isFilter: Bool,
        definition: String
    ) {
        self.compiled = compiled
        self.session = session
        self.runspace = runspace
        self.isFilter = isFilter
        text = definition
        super.init(name, moduleName: session.module?.name)
    }

    /// Drops what the calls in the body have found; they look again when they are made again.
    func forgetCalls() { compiled.layout.forgetCalls() }

    /// The same function under another name, as a command of that module.
    func renamed(_ name: String, moduleName: String?) -> FunctionCommand {
        if name == self.name, moduleName == self.moduleName { return self }
        let made = FunctionCommand(
            name, compiled, session: session, runspace: runspace, isFilter: isFilter, definition: text)
        made.description = description
        made.moduleName = moduleName
        return made
    }

    package override var commandType: CommandType { isFilter ? .filter : .function }
    package override var definition: String { text }
    package override var signature: Signature? {
        try? runspace.signature(of: compiled, name: name, runspace.globalFrame)
    }
    package var scriptBlock: ScriptBlock { ScriptBlock(compiled, session: session) }

    override func makeStage(_ request: StageRequest) throws(Stop) -> Stage {
        try ScriptStage(compiled, session: session, name: name, request, isScriptFile: false)
    }
}

package final class AliasCommand: CommandEntry {
    private let target: String
    private unowned let runspace: Runspace
    /// Of these `Get-Alias` shows the names.
    package internal(set) var options: Variable.Options = []
    package var description = ""

    init(_ name: String, target: String, runspace: Runspace, moduleName: String? = nil) {
        self.target = target
        self.runspace = runspace
        super.init(name, moduleName: moduleName)
    }

    package override var commandType: CommandType { .alias }
    package override var definition: String { target }
    package override var signature: Signature? { resolved.signature }

    package override var resolved: CommandEntry {
        var seen = Set([name.folded])
        var next = target
        while seen.insert(next.folded).inserted {
            guard let entry = try? runspace.command(named: next, runspace.globalFrame) else { return self }
            guard let alias = entry as? AliasCommand else { return entry }
            next = alias.target
        }
        return self
    }

    override func makeStage(_ request: StageRequest) throws(Stop) -> Stage {
        let entry = try runspace.resolve(alias: self, request.frame)
        return try entry.makeStage(request)
    }
}

/// A `.ps1` file.
final class ScriptFileCommand: CommandEntry {
    let path: String
    private unowned let runspace: Runspace

    init(_ path: String, runspace: Runspace) {
        self.path = path
        self.runspace = runspace
        super.init(PathText.leaf(path))
    }

    package override var commandType: CommandType { .externalScript }
    package override var definition: String { path }
    package override var source: String { path }
    /// The file may change between calls.
    package override var isCacheable: Bool { false }
    package override var signature: Signature? {
        guard let compiled = try? runspace.load(script: path) else { return nil }
        return try? runspace.signature(of: compiled, name: name, runspace.globalFrame)
    }

    package override func makeStage(_ request: StageRequest) throws(Stop) -> Stage {
        let compiled = try runspace.load(script: path)
        try runspace.checkRequirements(compiled.syntax, path)
        return try ScriptStage(
            compiled, session: request.frame.scope.session, name: path, request, isScriptFile: true)
    }
}

/// A program.
final class ApplicationCommand: CommandEntry {
    let path: String

    init(_ path: String) {
        self.path = path
        super.init(PathText.leaf(path))
    }

    package override var commandType: CommandType { .application }
    package override var definition: String { path }
    package override var source: String { path }

    package override func makeStage(_ request: StageRequest) throws(Stop) -> Stage { NativeStage(path, request) }
}

/// What `Get-Command` gives: `CmdletInfo`, `FunctionInfo`, `AliasInfo` ….
package final class CommandObject: Object {
    package let entry: CommandEntry

    package init(_ entry: CommandEntry) { self.entry = entry }

    private static func type(_ name: String) -> RuntimeType {
        RuntimeType(
            "System.Management.Automation." + name,
            bases: ["System.Management.Automation.CommandInfo", "System.Object"])
    }

    private static let types: [CommandType: RuntimeType] = [
        .alias: type("AliasInfo"), .function: type("FunctionInfo"), .filter: type("FilterInfo"),
        .cmdlet: type("CmdletInfo"), .externalScript: type("ExternalScriptInfo"), .application: type("ApplicationInfo"),
        .script: type("ScriptInfo"),
    ]

    package override var typeName: RuntimeType { Self.types[entry.commandType] ?? .object }
    package override var text: String {
        entry.commandType == .externalScript || entry.commandType == .application ? entry.definition : entry.name
    }
    package override func isEqual(to other: Object) -> Bool { (other as? CommandObject)?.entry === entry }

    package override var propertyNames: [String] {
        var names = [
            "Name", "CommandType", "Definition", "Version", "Source", "ModuleName", "Parameters", "ParameterSets",
        ]
        switch entry.commandType {
        case .alias: names += ["ResolvedCommand", "ReferencedCommand", "DisplayName", "Options", "Description"]
        case .function, .filter: names += ["ScriptBlock", "Verb", "Noun", "CmdletBinding", "DefaultParameterSet"]
        case .cmdlet: names += ["Verb", "Noun", "DefaultParameterSet"]
        case .externalScript, .application, .script: names += ["Path", "Extension"]
        }
        return names
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        let parts = entry.name.split(separator: "-", maxSplits: 1).map(String.init)
        switch name.folded {
        case "name": return .string(entry.name)
        case "commandtype": return entry.commandType.value
        case "definition": return .string(entry.definition)
        case "version": return .null
        case "source": return .string(entry.source)
        case "modulename": return .string(entry.moduleName ?? "")
        case "path": return .string(entry.definition)
        case "extension": return .string(PathText.fileExtension(entry.definition))
        case "verb": return .string(parts.count == 2 ? parts[0] : "")
        case "noun": return .string(parts.count == 2 ? parts[1] : "")
        case "resolvedcommand", "referencedcommand":
            let target = entry.resolved
            return target === entry ? .null : target.object
        case "options": return (entry as? AliasCommand).map { .string($0.options.text) }
        case "description": return (entry as? AliasCommand).map { .string($0.description) }
        case "displayname": return .string("\(entry.name) -> \(entry.resolved.name)")
        case "scriptblock": return (entry as? FunctionCommand).map { .object($0.scriptBlock) }
        case "cmdletbinding": return .bool(entry.signature?.hasCommonParameters ?? false)
        case "defaultparameterset": return .optional(entry.signature?.defaultSet)
        case "parameters":
            let table = TableObject(kind: .dictionary)
            for spec in entry.signature?.parameters ?? [] {
                table[spec.name] = .object(ParameterObject(spec))
            }
            return .table(table)
        case "parametersets":
            return .array(
                (entry.signature?.sets ?? []).map { set in
                    .object(
                        CustomObject([
                            ("Name", .string(set)), ("IsDefault", .bool(entry.signature?.defaultSet == set)),
                            (
                                "Parameters",
                                .array(
                                    (entry.signature?.parameters ?? []).filter { $0.role(in: set) != nil }.map {
                                        .object(ParameterObject($0))
                                    })
                            ),
                        ]))
                })
        default: return nil
        }
    }
}

/// `ParameterMetadata`.
package final class ParameterObject: Object {
    private let spec: ParameterSpec
    init(_ spec: ParameterSpec) { self.spec = spec }
    private static let type = RuntimeType("System.Management.Automation.ParameterMetadata")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] {
        ["Name", "ParameterType", "ParameterSets", "IsDynamic", "Aliases", "Attributes", "SwitchParameter"]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name": return .string(spec.name)
        case "parametertype": return .type(spec.type)
        case "isdynamic": return .bool(false)
        case "aliases": return .array(spec.aliases.map { .string($0) })
        case "attributes": return .array([])
        case "switchparameter": return .bool(spec.isSwitch)
        case "parametersets":
            let table = TableObject(kind: .dictionary)
            for (set, role) in spec.roles {
                table[set] = .object(
                    CustomObject([
                        ("IsMandatory", .bool(role.isMandatory)), ("Position", .count(role.position ?? Int(Int32.min))),
                        ("ValueFromPipeline", .bool(role.pipeline.contains(.byValue))),
                        ("ValueFromPipelineByPropertyName", .bool(role.pipeline.contains(.byProperty))),
                        ("ValueFromRemainingArguments", .bool(role.takesRemaining)),
                        ("HelpMessage", .optional(role.help)),
                    ]))
            }
            return .table(table)
        default: return nil
        }
    }
}

extension Signature {
    /// One line a parameter set: `Get-VM [[-Name] <string[]>] [-ComputerName <string[]>] [<CommonParameters>]`.
    package var syntaxLines: [String] {
        sets.map { set in
            let own = parameters.filter { !$0.isCommon && !$0.isHidden && $0.role(in: set) != nil }
            let positional = own.filter { $0.role(in: set)?.position != nil }.sorted {
                ($0.role(in: set)?.position ?? 0) < ($1.role(in: set)?.position ?? 0)
            }
            let mandatory = own.filter { $0.role(in: set)?.position == nil && $0.role(in: set)?.isMandatory == true }
            let rest = own.filter { $0.role(in: set)?.position == nil && $0.role(in: set)?.isMandatory != true }
            let words = (positional + mandatory + rest).map { word($0, in: set) }
            let confirmation = parameters.filter { $0.isCommon && ($0.name == "WhatIf" || $0.name == "Confirm") }.map {
                "[-\($0.name)]"
            }
            return ([name] + words + confirmation + (hasCommonParameters ? ["[<CommonParameters>]"] : []))
                .joined(separator: " ")
        }
    }

    private func word(_ spec: ParameterSpec, in set: String) -> String {
        let role = spec.role(in: set) ?? ParameterRole()
        var text = "-" + spec.name
        if role.position != nil { text = "[\(text)]" }
        if !spec.isSwitch {
            text += " <\(spec.type.isArray ? spec.type.arguments[0].syntaxName + "[]" : spec.type.syntaxName)>"
        }
        return role.isMandatory ? text : "[\(text)]"
    }
}

extension RuntimeType {
    /// The short name syntax lines use.
    fileprivate var syntaxName: String {
        let short = shortName
        return short == fullName ? name : short
    }
}
