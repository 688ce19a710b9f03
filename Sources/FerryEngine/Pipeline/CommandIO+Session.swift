/// What commands that work on the session itself need: variables, aliases, modules, constructors.
extension CommandIO {
    /// The call of the function whose body this command stands in; nil at the prompt and in a script's own lines.
    package var callingFunction: Invocation? {
        guard let invocation = frame.context.invocation, invocation.command?.commandType == .function else {
            return nil
        }
        return invocation
    }

    /// `$MyInvocation.MyCommand.Name` where this command stands: the function's or the script's; empty at the prompt.
    package var callingName: String { (frame.context.invocation?.command?.name).map { PathText.leaf($0) } ?? "" }

    // MARK: Scopes

    /// The scope `-Scope` names (`Global`, `Local`, `Script`, `Private` or a number); the caller's when it is not given.
    package func scope(named name: String) throws(Stop) -> Scope {
        switch name.folded {
        case "", "local", "private": return frame.scope
        case "global": return frame.scope.global
        case "script": return frame.scope.script
        default:
            let depth = Int(name)
            guard let depth, depth >= 0, let scope = frame.scope.ancestor(depth) else {
                throw failing(
                    depth == nil ? "Argument" : "ArgumentOutOfRange", .invalidArgument,
                    "Cannot process argument because the value of argument \"Scope\" is not valid: '\(name)'. "
                        + "Use Global, Local, Script or a number of scopes.",
                    exception: "System.Management.Automation.PSArgument\(depth == nil ? "" : "OutOfRange")Exception")
            }
            return scope
        }
    }

    /// Every variable the caller can see, nearest scope first.
    package var visibleVariables: [Variable] {
        var seen: Set<String> = []
        var found: [Variable] = []
        var scope: Scope? = frame.scope
        while let current = scope {
            for variable in current.ownVariables {
                if variable.options.contains(.private), current !== frame.scope { continue }
                if seen.insert(variable.name.folded).inserted { found.append(variable) }
            }
            scope = current.parent
        }
        return found
    }

    /// Makes or changes a variable in `scope`, past read-only where `force`.
    package func assign(
        _ name: String, _ value: Value, in scope: Scope, options: Variable.Options?, description: String?, force: Bool
    ) throws(Stop) {
        let symbol = Symbol(name)
        if let variable = scope.own(symbol) {
            if options?.contains(.constant) == true, !variable.options.contains(.constant) {
                throw failing(
                    "VariableCannotBeMadeConstant", .writeError,
                    "Existing variable \(name) cannot be made constant. Variables can be made constant only at creation time.",
                    target: .string(name),
                    exception: "System.Management.Automation.SessionStateUnauthorizedAccessException")
            }
            if force, variable.options.contains(.readOnly) {
                let kept = variable.options
                variable.options.remove(.readOnly)
                defer { variable.options = options ?? kept }
                try variable.assign(value, runspace)
            } else {
                try variable.assign(value, runspace)
            }
        } else {
            try scope.set(symbol, to: value, runspace)
        }
        guard let variable = scope.own(symbol) else { return }
        if let options { variable.options = options }
        if let description { variable.description = description }
    }

    // MARK: Aliases

    /// Every alias the caller can see, nearest scope first.
    package var visibleAliases: [AliasCommand] {
        var seen: Set<String> = []
        var found: [AliasCommand] = []
        var scope: Scope? = frame.scope
        while let current = scope {
            for (key, alias) in current.aliases where seen.insert(key).inserted { found.append(alias) }
            scope = current.parent
        }
        return found
    }

    /// Makes or changes an alias of `scope`; a read-only one only with `force`, a constant one never.
    ///
    /// - Parameters:
    ///   - options: nil keeps what an alias of that name has.
    ///   - description: the same.
    package func setAlias(
        _ name: String, to target: String, in scope: Scope, options: Variable.Options? = nil,
        description: String? = nil, force: Bool = false
    ) throws(Stop) {
        let old = scope.aliases[name.folded]
        if let old, old.options.contains(.constant) || old.options.contains(.readOnly) && !force {
            throw failing(
                "AliasNotWritable", .writeError,
                "Alias is not writeable because alias \(name) is read-only or constant and cannot be written to.",
                target: .string(name), exception: "System.Management.Automation.SessionStateUnauthorizedAccessException"
            )
        }
        runspace.setAlias(name, to: target, in: scope)
        guard let alias = scope.aliases[name.folded] else { return }
        alias.options = options ?? old?.options ?? []
        alias.description = description ?? old?.description ?? ""
    }

    /// Takes an alias away: of `scope`, or with nil the nearest one the caller sees. What cannot be taken away is reported.
    package func removeAlias(_ name: String, in scope: Scope?, force: Bool) throws(Stop) {
        var next: Scope? = scope ?? frame.scope
        while let current = next {
            if let alias = current.aliases[name.folded] {
                guard !alias.options.contains(.constant), force || !alias.options.contains(.readOnly) else {
                    return try report(
                        "AliasNotRemovable", .writeError,
                        "Alias was not removed because alias \(name) is constant or read-only.", target: .string(name),
                        exception: "System.Management.Automation.SessionStateUnauthorizedAccessException")
                }
                current.aliases[name.folded] = nil
                return runspace.commandsChanged()
            }
            next = scope == nil ? current.parent : nil
        }
        try report(
            "ItemNotFoundException", .objectNotFound,
            "This command cannot find a matching alias because an alias with the name '\(name)' does not exist.",
            target: .string(name), exception: "System.Management.Automation.ItemNotFoundException")
    }

    // MARK: Code and types

    /// Runs text in the caller's scope, its output going down the pipeline.
    package func run(text: String) throws(Stop) { try run(try runspace.makeScriptBlock(text)) }

    /// Runs a block as `&` or `.` does, its output going down the pipeline.
    package func invoke(
        _ block: ScriptBlock, input: [Value] = [], arguments: [Value], inNewScope: Bool
    ) throws(Stop) {
        try block.invoke(
            frame, arguments: arguments, newScope: inNewScope, input: input, output: self)
    }

    /// `New-Object`, `[T]::new(…)`.
    package func make(_ type: RuntimeType, _ arguments: [Value]) throws(Stop) -> Value {
        try StaticMembers.make(type, arguments, frame)
    }

    /// Writes a member as `value.name = new` does.
    package func setProperty(_ name: String, of value: Value, to new: Value) throws(Stop) {
        try Members.set(name, of: value, to: new, isStatic: false, frame)
    }

    /// The strict mode of the caller; 0 when it is off.
    package var strictMode: Int { runspace.strictVersion(frame) ?? 0 }
    package func setStrictMode(_ version: Int) { frame.scope.strictVersion = version }

    /// A command's signature with the parameters that these arguments would bring; nil where they bring none.
    package func signature(of entry: CommandEntry, arguments: [Value]) throws(Stop) -> Signature? {
        guard let function = entry.command as? FunctionCommand else { return nil }
        let given = arguments.map { (value: Value) -> Argument in
            guard case .string(let text) = value, text.hasPrefix("-"), text.count > 1 else {
                return Argument(value: value)
            }
            return Argument(.parameter(String(text.dropFirst()).trimmed(of: ":"), nil))
        }
        return try DynamicParameters.preview(function, given, frame)
    }

    // MARK: Modules

    /// Imports a module by name or path into the session of the calling code.
    @discardableResult
    package func importModule(_ name: String, force: Bool, _ choice: ImportChoice? = nil) throws(Stop) -> ModuleObject {
        var import_ = ModuleImport(ModuleSpecification(name))
        import_.force = force
        import_.choice = choice
        import_.target = frame.scope.session.top
        return try importModule(import_)
    }

    /// Imports a module; one that a module's code imports for itself is nested in that one.
    package func importModule(_ import_: ModuleImport) throws(Stop) -> ModuleObject {
        try runspace.modules.importModule(owned(import_), runspace, frame)
    }

    /// Takes a module that is there already, in no file or in one, and makes its commands known.
    package func importModule(_ module: ModuleObject, _ import_: ModuleImport) throws(Stop) -> ModuleObject {
        if let module = module as? ScriptModule { return runspace.modules.adopt(module, owned(import_), runspace) }
        var import_ = import_
        import_.wanted = ModuleSpecification(module.path.isEmpty ? module.name : module.path)
        return try importModule(import_)
    }

    private func owned(_ import_: ModuleImport) -> ModuleImport {
        guard let module = frame.scope.session.module, import_.target !== frame.scope.global else { return import_ }
        var import_ = import_
        import_.importer = module
        return import_
    }

    /// The top scope of the session the calling code belongs to: the global one, or a module's.
    package var sessionScope: Scope { frame.scope.session.top }
    package var globalScope: Scope { frame.scope.global }
    package var localScope: Scope { frame.scope }

    /// Runs a block as a module of its own; gives the module and what the block put out.
    package func makeModule(
        _ name: String, _ block: ScriptBlock, arguments: [Value], functions: [String]?, imports: Bool
    ) throws(Stop) -> (module: ModuleObject, output: [Value]) {
        var choice = ImportChoice()
        choice.functions = functions
        let made = try runspace.modules.make(
            name: name, block, arguments: arguments, choice, target: imports ? sessionScope : nil, runspace, frame)
        return (made.module, made.output)
    }

    /// Modules that are loaded, compiled ones among them, by name.
    ///
    /// - Parameter nested: also those that were loaded for another module alone.
    package func loadedModules(nested: Bool = false) -> [ModuleObject] { runspace.modules.all(nested: nested) }

    /// Reads the folders of modules again when a command is looked for in them.
    package func forgetModuleFolders() { runspace.modules.forgetFolders() }

    package func removeModule(_ module: ModuleObject) throws(Stop) {
        try runspace.modules.remove(module, runspace, frame)
    }
}

extension CommandIO {
    // MARK: Functions and variables by name

    /// Sets a function by its path: the one the caller sees, or a new one of the caller's scope.
    ///
    /// - Parameters:
    ///   - options: nil leaves those of a function of that name.
    ///   - force: changes a read-only one, too; constant ones stay in any case.
    package func setFunction(
        _ path: String, _ block: ScriptBlock, options: Variable.Options?, force: Bool
    ) throws(Stop) {
        let (name, scope) = Drives.place(ofFunction: path, frame)
        let old = scope.functions[name.folded]
        if let old, old.options.contains(.constant) || old.options.contains(.readOnly) && !force {
            throw failing(
                "FunctionNotWritable", .writeError,
                "Cannot write to function \(name) because it is read-only or constant.", target: .string(name),
                exception: "System.Management.Automation.SessionStateUnauthorizedAccessException")
        }
        runspace.setFunction(name, block, in: scope)
        scope.functions[name.folded]?.options = options ?? old?.options ?? []
    }

    /// Takes a function away wherever the caller sees it.
    package func removeFunction(_ name: String) {
        var scope: Scope? = frame.scope
        while let current = scope {
            if current.functions.removeValue(forKey: name.folded) != nil { return runspace.commandsChanged() }
            scope = current.parent
        }
    }

    /// Takes a variable away from `scope`; read-only ones only with `force`, constant ones never.
    package func removeVariable(_ name: String, in scope: Scope, force: Bool) throws(Stop) {
        let symbol = Symbol(name)
        guard let variable = scope.own(symbol) else {
            return try report(
                "VariableNotFound", .objectNotFound, "Cannot find a variable with the name '\(name)'.",
                target: .string(name), exception: "System.Management.Automation.ItemNotFoundException")
        }
        if variable.options.contains(.constant) || variable.options.contains(.readOnly) && !force {
            return try report(
                "VariableNotRemovable", .writeError,
                "Cannot remove variable \(name) because it is constant or read-only. If the variable is read-only, try the "
                    + "operation again specifying the Force option.", target: .string(name),
                exception: "System.Management.Automation.SessionStateUnauthorizedAccessException")
        }
        scope.remove(symbol)
    }
}
