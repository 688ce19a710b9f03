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
    let moduleVersion: String

    init(_ type: any Cmdlet.Type, moduleName: String, moduleVersion: String) {
        self.type = type
        self.moduleVersion = moduleVersion
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

    /// What makes the same function again, and holds no session.
    func unbound() -> (Session) -> FunctionCommand {
        let (name, moduleName, description, options) = (name, moduleName, description, options)
        let (compiled, isFilter, text) = (compiled, isFilter, text)
        unowned let runspace = runspace
        return { session in
            let made = FunctionCommand(
                name, compiled, session: session, runspace: runspace, isFilter: isFilter, definition: text)
            made.moduleName = moduleName
            made.description = description
            made.options = options
            return made
        }
    }

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
    var compiled: CompiledBlock? { try? runspace.load(script: path) }
    package override var signature: Signature? {
        guard let compiled else { return nil }
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
            let type = spec.shownType
            text += " <\(type.isArray ? type.arguments[0].syntaxName + "[]" : type.syntaxName)>"
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
