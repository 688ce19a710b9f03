import FerryEngine

/// Writes a module's manifest.
struct NewModuleManifest: Cmdlet {
    static let path = Parameter<String>("Path", position: 0, mandatory: true)
    static let nestedModules = Parameter<[Value]>("NestedModules").allowing(.emptyCollection)
    static let guid = Parameter<GUID>("Guid")
    static let author = Parameter<String>("Author").allowing(.emptyString)
    static let company = Parameter<String>("CompanyName").allowing(.emptyString)
    static let copyright = Parameter<String>("Copyright").allowing(.emptyString)
    static let rootModule = Parameter<String>("RootModule", aliases: ["ModuleToProcess"])
    static let version = Parameter<Value>("ModuleVersion", type: .version)
    static let description = Parameter<String>("Description").allowing(.emptyString)
    static let architecture = Parameter<String>(
        "ProcessorArchitecture", validate: [.set(["None", "MSIL", "X86", "IA64", "Amd64", "Arm"])])
    static let shellVersion = Parameter<Value>("PowerShellVersion", type: .version)
    static let clrVersion = Parameter<Value>("ClrVersion", type: .version)
    static let frameworkVersion = Parameter<Value>("DotNetFrameworkVersion", type: .version)
    static let hostName = Parameter<String>("PowerShellHostName")
    static let hostVersion = Parameter<Value>("PowerShellHostVersion", type: .version)
    static let requiredModules = Parameter<[Value]>("RequiredModules")
    static let types = Parameter<[String]>("TypesToProcess").allowing(.emptyCollection)
    static let formats = Parameter<[String]>("FormatsToProcess").allowing(.emptyCollection)
    static let scripts = Parameter<[String]>("ScriptsToProcess").allowing(.emptyCollection)
    static let assemblies = Parameter<[String]>("RequiredAssemblies").allowing(.emptyCollection)
    static let files = Parameter<[String]>("FileList").allowing(.emptyCollection)
    static let moduleList = Parameter<[Value]>("ModuleList").allowing(.emptyCollection)
    static let functions = Parameter<[String]>("FunctionsToExport").allowing(.emptyCollection)
    static let aliases = Parameter<[String]>("AliasesToExport").allowing(.emptyCollection)
    static let variables = Parameter<[String]>("VariablesToExport").allowing(.emptyCollection)
    static let cmdlets = Parameter<[String]>("CmdletsToExport").allowing(.emptyCollection)
    static let resources = Parameter<[String]>("DscResourcesToExport").allowing(.emptyCollection)
    static let editions = Parameter<[String]>(
        "CompatiblePSEditions", validate: [.set(["Desktop", "Core"])]
    ).allowing(.emptyCollection)
    static let privateData = Parameter<Value>("PrivateData")
    static let tags = Parameter<[String]>("Tags", validate: [.notNullOrEmpty])
    static let projectURI = Parameter<Value>("ProjectUri", validate: [.notNullOrEmpty], type: .uri)
    static let licenseURI = Parameter<Value>("LicenseUri", validate: [.notNullOrEmpty], type: .uri)
    static let iconURI = Parameter<Value>("IconUri", validate: [.notNullOrEmpty], type: .uri)
    static let releaseNotes = Parameter<String>("ReleaseNotes")
    static let prerelease = Parameter<String>("Prerelease")
    static let license = Parameter<Bool>.switch("RequireLicenseAcceptance")
    static let dependencies = Parameter<[String]>("ExternalModuleDependencies")
    static let helpInfoURI = Parameter<String>("HelpInfoUri")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let commandPrefix = Parameter<String>("DefaultCommandPrefix")

    static let signature = Signature(
        "New-ModuleManifest", typeName: "Microsoft.PowerShell.Commands.NewModuleManifestCommand", shouldProcess: .low,
        outputs: [.string],
        parameters: [
            path, nestedModules, guid, author, company, copyright, rootModule, version, description, architecture,
            shellVersion, clrVersion, frameworkVersion, hostName, hostVersion, requiredModules, types, formats, scripts,
            assemblies, files, moduleList, functions, aliases, variables, cmdlets, resources, editions, privateData,
            tags, projectURI, licenseURI, iconURI, releaseNotes, prerelease, license, dependencies, helpInfoURI,
            passThru, commandPrefix,
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let path = call[Self.path]
        guard case .file(let file) = io.path(path), file.lowercased().hasSuffix(".psd1") else {
            throw io.failing(
                "Modules_InvalidModuleManifestPath", .invalidArgument,
                "The path '\(path)' is not valid: the name of a module manifest ends with '.psd1'.",
                target: .string(path), exception: "System.InvalidOperationException")
        }
        if call[Self.architecture].lowercased() == "ia64" {
            throw io.failing(
                "Modules_InvalidProcessorArchitectureInManifest", .invalidArgument,
                "The processor architecture 'IA64' is not supported.", target: .string("IA64"),
                exception: "System.InvalidOperationException")
        }
        if Set(call[Self.editions].map { $0.lowercased() }).count != call[Self.editions].count {
            throw io.failing(
                "Modules_DuplicateEntriesInCompatiblePSEditions", .invalidArgument,
                "The CompatiblePSEditions '\(call[Self.editions].joined(separator: ","))' name one edition more than once.",
                exception: "System.InvalidOperationException")
        }
        let text = try manifest(file, call, io)
        guard try io.confirms("Creating the '\(file)' module manifest file.", file) else { return }
        if call[Self.passThru] { try io.emit(.string(text)) }
        try io.writeText(text, to: path, appends: false, encoding: .utf8NoBOM, force: false)
    }

    // MARK: Text

    private func manifest(_ file: String, _ call: Call, _ io: CommandIO) throws(Stop) -> String {
        let author =
            call[Self.author].isEmpty
            ? Environment.value("USER") ?? Environment.value("LOGNAME") ?? "root" : call[Self.author]
        let brings =
            call.isBound(Self.rootModule) || call.isBound(Self.nestedModules) || call.isBound(Self.requiredModules)
        func exports(_ key: Parameter<[String]>) -> String {
            call.isBound(key) ? Self.quoted(call[key]) : brings ? "'*'" : "@()"
        }
        var lines = ManifestText()
        lines.header(
            module: String(file.split(separator: "/").last?.dropLast(5) ?? ""), author: author,
            date: DateFormat.text(.now, "d"))
        lines.add(
            "RootModule", "The script module file this manifest goes with.", quote(call[Self.rootModule]),
            !call[Self.rootModule].isEmpty)
        lines.add("ModuleVersion", "The module's version.", "'\(version(call, Self.version) ?? "0.0.1")'", true)
        lines.add(
            "CompatiblePSEditions", "The editions of PowerShell it works with.", Self.quoted(call[Self.editions]),
            !call[Self.editions].isEmpty)
        lines.add(
            "GUID", "What identifies the module.", "'\((call.isBound(Self.guid) ? call[Self.guid] : GUID()).text)'",
            true)
        lines.add("Author", "Who wrote it.", quote(author), true)
        lines.add("CompanyName", "For whom.", quote(call[Self.company].isEmpty ? "Unknown" : call[Self.company]), true)
        lines.add(
            "Copyright", "Whose it is.",
            quote(call[Self.copyright].isEmpty ? "(c) \(author). All rights reserved." : call[Self.copyright]), true)
        lines.add("Description", "What it does.", quote(call[Self.description]), !call[Self.description].isEmpty)
        for (key, parameter, comment) in [
            ("PowerShellVersion", Self.shellVersion, "The least version of PowerShell it needs."),
            ("PowerShellHostVersion", Self.hostVersion, "The least version of the host it needs."),
            ("DotNetFrameworkVersion", Self.frameworkVersion, "The least version of .NET Framework it needs."),
            ("ClrVersion", Self.clrVersion, "The least version of the runtime it needs."),
        ] {
            let version = version(call, parameter)
            lines.add(key, comment, "'\(version ?? "")'", version != nil)
        }
        lines.add("PowerShellHostName", "The host it needs.", quote(call[Self.hostName]), !call[Self.hostName].isEmpty)
        lines.add(
            "ProcessorArchitecture", "The processor it needs.", quote(call[Self.architecture]),
            !call[Self.architecture].isEmpty)
        lines.add(
            "RequiredModules", "Modules that are imported into the session before it.",
            try Self.modules(call[Self.requiredModules]), call.isBound(Self.requiredModules))
        for (key, parameter, comment) in [
            ("RequiredAssemblies", Self.assemblies, "Assemblies that are loaded before it."),
            ("ScriptsToProcess", Self.scripts, "Scripts that are run in the caller's session before it."),
            ("TypesToProcess", Self.types, "Type files (.ps1xml) that are loaded with it."),
            ("FormatsToProcess", Self.formats, "View files (.ps1xml) that are loaded with it."),
        ] {
            lines.add(key, comment, Self.quoted(call[parameter]), call.isBound(parameter))
        }
        lines.add(
            "NestedModules", "Modules that are part of it.", try Self.modules(call[Self.nestedModules]),
            call.isBound(Self.nestedModules))
        lines.add(
            "FunctionsToExport", "Its functions: name each, for the sake of speed.", exports(Self.functions), true)
        lines.add("CmdletsToExport", "Its cmdlets.", exports(Self.cmdlets), true)
        lines.add(
            "VariablesToExport", "Its variables.", Self.quoted(call[Self.variables]), call.isBound(Self.variables))
        lines.add("AliasesToExport", "Its aliases.", exports(Self.aliases), true)
        lines.add(
            "DscResourcesToExport", "Its DSC resources.", Self.quoted(call[Self.resources]),
            !call[Self.resources].isEmpty)
        lines.add(
            "ModuleList", "All modules packed with it.", try Self.modules(call[Self.moduleList]),
            call.isBound(Self.moduleList))
        lines.add("FileList", "All files packed with it.", Self.quoted(call[Self.files]), call.isBound(Self.files))
        try addPrivateData(&lines, call, io)
        var help = ""
        if call.isBound(Self.helpInfoURI) {
            help = try address(.object(UriObject.make(call[Self.helpInfoURI])), io)
        }
        lines.add("HelpInfoURI", "Where its help can be updated from.", quote(help), !help.isEmpty)
        lines.add(
            "DefaultCommandPrefix", "Goes before the nouns of its commands.", quote(call[Self.commandPrefix]),
            !call[Self.commandPrefix].isEmpty)
        return lines.finished
    }

    private func addPrivateData(_ lines: inout ManifestText, _ call: Call, _ io: CommandIO) throws(Stop) {
        let given = call[Self.privateData]
        var own: [(String, Value)] = []
        if case .table(let table) = given {
            own = table.pairs.map { ($0.key.display, $0.value) }
        } else if !given.isNull {
            if ["Tags", "ReleaseNotes", "ProjectUri", "IconUri", "LicenseUri"].contains(where: { call.isBound($0) }) {
                throw io.failing(
                    "PrivateDataValueTypeShouldBeHashTable", .invalidArgument,
                    "PrivateData must be a hashtable where tags, addresses or notes are given, too.", target: given,
                    exception: "System.InvalidOperationException")
            }
            try io.warn("PrivateData should be a hashtable: the gallery's data have their place in it.")
            lines.add("PrivateData", "Data for the module.", quote(given.display), true)
            return
        }
        lines.open("PrivateData")
        lines.open("PSData")
        lines.add("Tags", "Words it is found by.", Self.quoted(call[Self.tags]), call.isBound(Self.tags))
        for (key, parameter, comment) in [
            ("LicenseUri", Self.licenseURI, "Its licence."), ("ProjectUri", Self.projectURI, "Its site."),
            ("IconUri", Self.iconURI, "Its picture."),
        ] {
            let text = call.isBound(parameter) ? try address(call[parameter], io) : ""
            lines.add(key, comment, quote(text), !text.isEmpty)
        }
        lines.add("ReleaseNotes", "What is new.", quote(call[Self.releaseNotes]), !call[Self.releaseNotes].isEmpty)
        lines.add(
            "Prerelease", "What goes after the version before a release.", quote(call[Self.prerelease]),
            !call[Self.prerelease].isEmpty)
        lines.add(
            "RequireLicenseAcceptance", "Whether the licence must be accepted first.",
            call[Self.license] ? "$true" : "$false", call[Self.license])
        lines.add(
            "ExternalModuleDependencies", "Modules it needs from elsewhere.", Self.quoted(call[Self.dependencies]),
            !call[Self.dependencies].isEmpty)
        lines.close()
        for (key, value) in own { lines.add(ManifestText.key(key), "", ManifestText.value(value), true) }
        lines.close()
    }

    private func quote(_ text: String) -> String { text.singleQuoted }

    private func version(_ call: Call, _ key: Parameter<Value>) -> String? {
        VersionNumber.read(call[key])?.text
    }

    /// An address in its escaped form; a relative one is an error.
    private func address(_ value: Value, _ io: CommandIO) throws(Stop) -> String {
        guard let object = value.asObject, try object.property("IsAbsoluteUri")?.isTrue == true,
            let text = try object.property("AbsoluteUri")?.display, !text.isEmpty
        else {
            throw io.failing(
                "System.InvalidOperationException", .invalidOperation,
                "This operation is not supported for a relative URI.", target: value,
                exception: "System.InvalidOperationException")
        }
        return text
    }

    private static func quoted(_ names: [String]) -> String { ManifestText.list(names) }

    private static func modules(_ values: [Value]) throws(Stop) -> String {
        var parts: [String] = []
        for value in values where !value.isNull {
            let wanted = try ModuleSpecification(value)
            guard wanted.isConstrained else {
                parts.append(wanted.name.singleQuoted)
                continue
            }
            var members = ["ModuleName = \(wanted.name.singleQuoted)"]
            if let guid = wanted.guid { members.append("GUID = '\(guid.text)'") }
            if let version = wanted.version { members.append("ModuleVersion = '\(version.text)'") }
            if let version = wanted.maximumVersion { members.append("MaximumVersion = \(version.singleQuoted)") }
            if let version = wanted.requiredVersion { members.append("RequiredVersion = '\(version.text)'") }
            parts.append("@{" + members.joined(separator: "; ") + "; }")
        }
        return "@(" + parts.joined(separator: ", \n               ") + ")"
    }
}
