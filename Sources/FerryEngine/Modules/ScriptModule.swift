/// A module that is loaded: its commands, and the session its functions and variables live in.
package final class ScriptModule: ModuleObject {
    let session: Session
    /// By folded name.
    var exportedFunctions: [String: FunctionCommand] = [:]
    var exportedAliases: [String: AliasCommand] = [:]
    var exportedVariables: [Variable] = []
    /// What imports have put into scopes, to be taken away with the module.
    var imports: [Import] = []
    /// What `Export-ModuleMember` named; `nil` until it is called.
    var exportPatterns: ExportPatterns?
    /// It was imported for itself and not only by another module.
    var isTopLevel = false
    /// What it says about types goes with it.
    var typeFiles: [String] = []
    private let source: String
    private var leaving: ScriptBlock?

    /// A name an import gave to a scope, by folded name there.
    struct Import {
        weak var scope: Scope?
        let key: String
        let what: What

        enum What {
            case function(FunctionCommand)
            case alias
            case variable(Variable)
        }
    }

    /// - Parameter definition: the text a dynamic module was made of.
    init(
        name: String, version: VersionNumber, path: String, kind: Kind, runspace: Runspace, definition: String = ""
    ) {
        session = Session(parent: runspace.globalFrame.scope.global)
        source = definition
        super.init(name: name, version: version, path: path, kind: kind)
        session.module = self
        runspace.add(session)
        runspace.modules.sessions.add(session)
        runspace.modules.sessions.collect()
        let context = ExecutionContextObject(runspace)
        context.module = self
        session.top.define(Symbol("ExecutionContext"), .object(context))
    }

    override var functions: [(String, Value)] { exportedFunctions.values.map { ($0.name, $0.object) } }
    override var cmdlets: [(String, Value)] { [] }
    override var aliases: [(String, Value)] { exportedAliases.values.map { ($0.name, $0.object) } }
    override var variables: [(String, Value)] {
        exportedVariables.map { variable in
            (
                variable.name,
                .object(
                    CustomObject(
                        [("Name", .string(variable.name)), ("Value", variable.value)],
                        typeNames: ["System.Management.Automation.PSVariable"]))
            )
        }
    }
    override var definition: String {
        if !source.isEmpty || path.lowercased().hasSuffix(".psd1") { return source }
        return (try? FileText.read(path).text) ?? ""
    }
    override var onRemove: ScriptBlock? {
        get { leaving }
        set { leaving = newValue }
    }

    /// Functions that the module's imports gave names to: the one `name` means.
    func imported(_ key: String) -> FunctionCommand? {
        for item in imports.reversed() where item.key == key {
            if case .function(let function) = item.what { return function }
        }
        return nil
    }

    /// An object with the exported functions as methods and the exported variables as properties.
    package var asCustomObject: CustomObject {
        let object = CustomObject(exportedVariables.map { ($0.name, $0.value) })
        for function in exportedFunctions.values.sorted(by: { $0.name < $1.name }) {
            object.added?[function.name] = .method(function.scriptBlock)
        }
        return object
    }
}

/// Names, with wildcards, that a module gives away.
struct ExportPatterns {
    var functions: [String] = []
    var aliases: [String] = []
    var variables: [String] = []
}

extension CommandIO {
    /// `Export-ModuleMember`: adds to what the module whose code is running gives away. Returns `false` outside a module.
    package func exportMembers(functions: [String], aliases: [String], variables: [String]) -> Bool {
        guard let module = frame.scope.session.module else { return false }
        var patterns = module.exportPatterns ?? ExportPatterns()
        patterns.functions += functions
        patterns.aliases += aliases
        patterns.variables += variables
        module.exportPatterns = patterns
        return true
    }
}
