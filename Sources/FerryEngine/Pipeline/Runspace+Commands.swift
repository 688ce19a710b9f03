import FerryLanguage

extension Runspace {
    /// The command a name means here: alias, function, cmdlet, script, program; modules that have it are loaded.
    package func command(named name: String, _ frame: Frame) throws(Stop) -> CommandEntry {
        if let entry = try find(name, frame) { return entry }
        if !name.contains("-"), !name.contains("/"), let entry = try find("Get-" + name, frame, programs: false) {
            return entry
        }
        throw notFound(name)
    }

    func notFound(_ name: String) -> Stop {
        let record = ErrorRecord(
            ExceptionObject(
                "System.Management.Automation.CommandNotFoundException",
                "The term '\(name)' is not recognized as a name of a cmdlet, function, script file, or executable program.\n"
                    + "Check the spelling of the name, or if a path was included, verify that the path is correct and try "
                    + "again."),
            errorID: "CommandNotFoundException", category: .objectNotFound, target: .string(name))
        record.exception.details = [("CommandName", .string(name))]
        return .error(record)
    }

    /// As `command(named:)`, `nil` when there is none.
    package func find(
        _ name: String, _ frame: Frame, programs: Bool = true, modules loads: Bool = true
    ) throws(Stop) -> CommandEntry? {
        if let slash = name.firstIndex(of: "\\"), slash != name.startIndex {
            return try named(name, slash, frame, programs: programs)
        }
        let key = name.folded
        var scope: Scope? = frame.scope
        while let current = scope {
            if let alias = current.aliases[key] { return alias }
            scope = current.parent
        }
        scope = frame.scope
        while let current = scope {
            if let function = current.functions[key] { return function }
            scope = current.parent
        }
        if let cmdlet = cmdlets.commands(named: key).last { return cmdlet }
        if loads, let loaded = try modules.autoload(name, self, frame) { return loaded }
        if programs, let found = external(name) { return found }
        // A program's name is not looked for in modules first.
        return loads && !name.contains("/") ? try modules.autoload(name, self, frame, always: true) : nil
    }

    /// A module's command, or a file by its path as Windows writes it: `.\tools.ps1`, `$PSScriptRoot\lib\log.ps1`.
    private func named(_ name: String, _ slash: String.Index, _ frame: Frame, programs: Bool) throws(Stop)
        -> CommandEntry?
    {
        let module = String(name[..<slash])
        let rest = String(name[name.index(after: slash)...])
        let isPath = module.hasSuffix(".") || module.contains("/") || module.contains(":") || rest.contains("\\")
        let isKnown =
            modules.find(module) != nil
            || cmdlets.commands(named: rest.folded).contains { $0.moduleName?.folded == module.folded }
        if programs, isPath || !isKnown, let file = external(name.replacing("\\", with: "/")) { return file }
        return isPath ? nil : try qualified(module: module, rest, frame)
    }

    private func qualified(module: String, _ name: String, _ frame: Frame) throws(Stop) -> CommandEntry? {
        for cmdlet in cmdlets.commands(named: name.folded) where cmdlet.moduleName?.folded == module.folded {
            return cmdlet
        }
        if modules.find(module) == nil {
            var import_ = ModuleImport(ModuleSpecification(module))
            import_.target = frame.scope.global
            guard !module.contains(":") else { return nil }
            do throws(Stop) {
                _ = try modules.importModule(import_, self, frame)
            } catch {
                guard let cause = error.record else { throw error }
                throw .runtime(
                    "CouldNotAutoLoadModule", .objectNotFound,
                    "The module '\(module)' could not be loaded. For more information, run 'Import-Module \(module)'.",
                    target: .string("\(module)\\\(name)"),
                    exception: "System.Management.Automation.CommandNotFoundException", inner: cause.exception)
            }
        }
        guard let found = modules.find(module) else { return nil }
        return found.imported(name.folded) ?? found.exportedFunctions[name.folded]
            ?? found.exportedAliases[name.folded]
    }

    /// A script or program by its path or in the folders of `$env:PATH`, whatever other command has its name.
    package func external(_ name: String) -> CommandEntry? {
        if name.contains("/") {
            let path = location.resolve(name)
            if path.lowercased().hasSuffix(".ps1"), FileText.isFile(path) {
                return ScriptFileCommand(path, runspace: self)
            }
            if FileText.isExecutable(path) { return ApplicationCommand(path) }
            return FileText.isFile(path + ".ps1") ? ScriptFileCommand(path + ".ps1", runspace: self) : nil
        }
        for folder in (Environment.value("PATH") ?? "/usr/bin:/bin").split(separator: ":") {
            let path = PathText.join(location.resolve(String(folder)), name)
            if path.lowercased().hasSuffix(".ps1"), FileText.isFile(path) {
                return ScriptFileCommand(path, runspace: self)
            }
            if FileText.isExecutable(path) { return ApplicationCommand(path) }
            if FileText.isFile(path + ".ps1") { return ScriptFileCommand(path + ".ps1", runspace: self) }
        }
        return nil
    }

    /// Programs and scripts that a name with wildcards may mean: in the folders of `$env:PATH`, or where its path says.
    package func externalCommands(_ name: String, accept: (CommandEntry) -> Bool) throws(Stop) -> [CommandEntry] {
        guard WildcardPattern.isPattern(name) || name.contains("[") else { return [] }
        let text = name.replacing("\\", with: "/")
        guard text.contains("/") else {
            var seen: Set<String> = []
            let pattern = WildcardPattern(text)
            return (Environment.value("PATH") ?? "/usr/bin:/bin").split(separator: ":").flatMap { folder in
                programs(in: location.resolve(String(folder)), pattern)
            }.filter { seen.insert($0.name).inserted && accept($0) }
        }
        let path = location.resolve(text)
        if FileText.isFile(path) { return [file(path)].compactMap { $0 }.filter(accept) }
        return programs(in: PathText.parent(path), WildcardPattern(PathText.leaf(path))).filter(accept)
    }

    private func programs(in folder: String, _ pattern: WildcardPattern) -> [CommandEntry] {
        FileText.entries(of: folder).filter { pattern.matches($0) }.sorted().compactMap { file(folder + "/" + $0) }
    }

    private func file(_ path: String) -> CommandEntry? {
        if path.lowercased().hasSuffix(".ps1") { return ScriptFileCommand(path, runspace: self) }
        return FileText.isExecutable(path) ? ApplicationCommand(path) : nil
    }

    func resolve(alias: AliasCommand, _ frame: Frame) throws(Stop) -> CommandEntry {
        var seen = Set([alias.name.folded])
        var next = alias.definition
        var isCircle = true
        while seen.insert(next.folded).inserted {
            guard let entry = try find(next, frame) else {
                isCircle = false
                break
            }
            guard let other = entry as? AliasCommand else { return entry }
            next = other.definition
        }
        throw .runtime(
            isCircle ? "CommandNotFoundException" : "AliasNotResolvedException", .objectNotFound,
            "Cannot resolve alias '\(alias.name)' because it refers to term '\(alias.definition)', which is not recognized as "
                + "a cmdlet, function, script file, or executable program. Verify the term and try again.",
            target: .string(alias.name), exception: "System.Management.Automation.CommandNotFoundException")
    }

    /// Every command known without searching the disk: for `Get-Command` and completion.
    package func knownCommands(_ frame: Frame) -> [CommandEntry] {
        var found: [String: CommandEntry] = [:]
        for cmdlet in cmdlets.all() { found["c:" + cmdlet.name.folded] = cmdlet }
        var scope: Scope? = frame.scope
        while let current = scope {
            for (key, alias) in current.aliases where found["a:" + key] == nil { found["a:" + key] = alias }
            for (key, function) in current.functions where found["f:" + key] == nil { found["f:" + key] = function }
            scope = current.parent
        }
        return found.values.sorted { $0.name.folded < $1.name.folded }
    }

    /// `#requires`: version, modules and privileges, before a script runs.
    func checkRequirements(_ script: ScriptSyntax, _ path: String) throws(Stop) {
        for line in script.usings where line.kind == .module {
            try require(ModuleSpecification(line.name))
        }
        for requirement in script.requirements {
            let words = requirement.words
            guard let first = words.first?.folded else { continue }
            if "-version".hasPrefix(first), words.count > 1 {
                let text = words[1].contains(".") ? words[1] : words[1] + ".0"
                if let wanted = VersionNumber(text), wanted > ShellVersion.current {
                    throw requires(
                        "ScriptRequiresUnmatchedPSVersion", path,
                        "it contained a \"#requires\" statement for PowerShell \(words[1]). The version of PowerShell that is "
                            + "required by the script does not match the currently running version of PowerShell "
                            + "\(ShellVersion.current.text).")
                }
            } else if first == "-modules" {
                let wanted = try requiredModules(words.dropFirst().joined(separator: " "), path)
                let missing = wanted.filter { !modules.isAvailable($0, self) }
                if !missing.isEmpty {
                    throw requires(
                        "ScriptRequiresMissingModules", path,
                        "the following modules that are specified by the \"#requires\" statements of the script are missing: "
                            + "\(missing.map(\.text).joined(separator: ", ")).")
                }
                for module in wanted { try require(module) }
            } else if first == "-runasadministrator", !Environment.isRoot {
                throw requires(
                    "ScriptRequiresElevation", path,
                    "it contains a \"#requires\" statement for running as Administrator. The current session is not running as "
                        + "root. Start the shell with sudo and run the script again.")
            }
        }
    }

    /// The names and tables of a `#requires -Modules` line.
    private func requiredModules(_ text: String, _ path: String) throws(Stop) -> [ModuleSpecification] {
        guard text.contains("@{") else {
            return text.split(separator: ",").map { ModuleSpecification(String($0).trimmed.trimmed(of: "'\"")) }
        }
        var found: [ModuleSpecification] = []
        // Bare words stand beside tables: quoted, the whole is a list of data.
        var quoted = ""
        var depth = 0
        var word = ""
        for character in text + "," {
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            guard character == ",", depth == 0 else {
                word.append(character)
                continue
            }
            let item = word.trimmed
            word = ""
            quoted = item.hasPrefix("@{") ? item : "'" + item.trimmed(of: "'\"") + "'"
            found.append(try ModuleSpecification(try DataFile.value(of: quoted, path: path, self)))
        }
        return found
    }

    private func require(_ wanted: ModuleSpecification) throws(Stop) {
        var import_ = ModuleImport(wanted)
        import_.target = globalFrame.scope
        _ = try modules.importModule(import_, self, globalFrame)
    }

    private func requires(_ id: String, _ path: String, _ reason: String) -> Stop {
        .runtime(
            id, .resourceUnavailable, "The script '\(PathText.leaf(path))' cannot be run because \(reason)",
            target: .string(PathText.leaf(path)), exception: "System.Management.Automation.ScriptRequiresException")
    }
}

/// What `$PSVersionTable` says the language is.
enum ShellVersion {
    /// The PowerShell whose behaviour Ferry follows.
    static let current = VersionNumber(7, 5, 0)
}

extension String {
    package func trimmed(of characters: String) -> String {
        var text = self[...]
        while let first = text.first, characters.contains(first) { text.removeFirst() }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return String(text)
    }
}
