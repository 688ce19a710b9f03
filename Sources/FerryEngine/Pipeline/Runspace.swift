import FerryCore
package import FerryLanguage

/// One instance of the language: its variables, commands, modules and host. Lives on one thread.
///
/// ```swift
/// let status = Runspace.onOwnThread {
///     let runspace = Runspace(host: TerminalHost())
///     runspace.register(CoreCommands.module)
///     return runspace.runFile("move.ps1", arguments: ["web01"])
/// }
/// ```
package final class Runspace {
    package let host: any Host
    package let interrupt: Interrupt
    package private(set) lazy var id = GUID()
    /// What compiled commands need from outside, keyed by a type of their choice.
    package var services: [ObjectIdentifier: any Sendable] = [:]
    /// What commands keep for the runspace's whole life, keyed as `services`; other runspaces do not get it.
    package var belongings: [ObjectIdentifier: any RunspaceBelonging] = [:]
    /// Whether a person types its command lines one after another.
    package var isPrompt = false
    /// Who knows values that the language does not.
    package var completionSources: [any CompletionSource] = []
    package let argumentCompleters = ArgumentCompleters()
    /// `$PSStyle`
    package let style = StyleTable()
    /// Files that get what the session shows.
    package let transcription = Transcription()
    /// What was typed in this session.
    package let history = CommandHistory()
    /// `$using:` values by folded name, in a runspace that works for another; `nil` where the prefix has no meaning.
    package var usingValues: [String: Value]?
    /// Finds the view files that are not yet read: many runspaces format nothing. Those that cannot be are warned of when something
    /// is formatted.
    package var pendingViewFiles: (@Sendable () -> [String])?
    private lazy var loadedViews = ViewSet()
    package var views: ViewSet {
        get {
            loadPendingViews()
            return loadedViews
        }
        set {
            loadPendingViews()
            loadedViews = newValue
        }
    }

    let globalSession: Session
    /// Sessions of modules and closures, alive or not.
    private var otherSessions = WeakList<Session>()
    /// A reference cycle with the runspace, until `close`.
    private var madeGlobalFrame: Frame?
    /// The frame of what is typed.
    package var globalFrame: Frame {
        if let madeGlobalFrame { return madeGlobalFrame }
        let made = Frame(
            runspace: self, scope: globalSession.top, streams: Streams(),
            context: CallContext(caller: nil, invocation: nil, scriptPath: nil, label: "<ScriptBlock>"))
        madeGlobalFrame = made
        return made
    }
    package let location: Location
    package let modules: ModuleTable
    package let types = ExtendedTypes()
    /// `using namespace` lines.
    var namespaces: [String] = []
    /// Types that modules add by name, such as those of nouns and enumerations; key folded.
    var registeredTypes: [String: RuntimeType] = [:]
    /// In order of registration.
    private(set) var registeredModules: [CommandModule] = []

    /// `$Error`, newest first.
    package let errors = ListObject(kind: .arrayList)
    /// `$?`
    package var lastSucceeded = true
    /// Inside a `try`: errors of statements go up to it instead of being reported.
    var propagatesErrors = false
    var isCatching = false
    /// Where output goes that nobody wants.
    let nowhere = NullSink()
    /// Where unclaimed output goes at the moment.
    var hostSink: HostSink?
    /// Code that waits for the end of a nested prompt, outermost first, as the lines typed there see it.
    var suspended: [Frame] = []
    /// `ExitNestedPrompt` was called.
    package var leavesNestedPrompt = false
    /// `SetShouldExit`: the code the session is to end with.
    package var requestedExit: Int32?
    /// Grows whenever a command is added, changed or removed.
    private(set) var commandVersion = 0
    var cmdlets = CommandTable()
    private var signatures: [ObjectIdentifier: Signature] = [:]
    /// Of the modules, by folded full name of the type.
    private(set) var constructors: [String: @Sendable ([Value]) throws(Stop) -> Value?] = [:]
    private static let scriptLimit = 256
    private var scripts: [String: (stamp: FileStamp, compiled: CompiledBlock)] = [:]
    /// Script blocks of view files, by their text.
    var viewBlocks: [String: ScriptBlock] = [:]
    private let stackLimit: UInt

    package init(host: any Host, interrupt: Interrupt = Interrupt()) {
        self.host = host
        self.interrupt = interrupt
        globalSession = Session(parent: nil)
        location = Location()
        modules = ModuleTable()
        stackLimit = ThreadStack.limit()
        location.makeDrives(in: globalSession.top)
        defineVariables()
        defineDrivesFunctions()
    }

    /// Remembers a session to be ended with the runspace.
    func add(_ session: Session) { otherSessions.add(session) }

    func endSessions() {
        for session in otherSessions.all { session.end() }
        globalSession.end()
        madeGlobalFrame = nil
    }

    private func loadPendingViews() {
        guard let find = pendingViewFiles else { return }
        pendingViewFiles = nil
        for file in find() {
            do throws(Failure) { try loadedViews.load(contentsOf: file) } catch {
                host.writeWarning("\(error.message) \(error.advice)")
            }
        }
    }

    /// The service a compiled command needs, if the program supplied one.
    package func service<Key, Service>(_ key: Key.Type, as type: Service.Type = Service.self) -> Service? {
        services[ObjectIdentifier(key)] as? Service
    }

    /// Makes a type nameable in scripts: `[Microsoft.HyperV.PowerShell.VMState]`.
    package func register(type: RuntimeType) { registeredTypes[type.key] = type }

    // MARK: Commands

    /// Makes a built-in module's commands and aliases known. They need no import.
    package func register(_ module: CommandModule) {
        for type in module.commands { cmdlets.add(type, moduleName: module.name, moduleVersion: module.version) }
        for type in module.types { register(type: type) }
        for (type, constructor) in module.constructors { constructors[type.folded] = constructor }
        let isPowerShells = module.name.hasPrefix("Microsoft.PowerShell.")
        for (alias, target) in module.aliases {
            setAlias(alias, to: target, moduleName: module.name)
            if isPowerShells { globalSession.top.aliases[alias.folded]?.options = BuiltInAlias.options(of: alias) }
        }
        modules.register(module)
        registeredModules.append(module)
        commandsChanged()
    }

    package func setAlias(_ name: String, to target: String, moduleName: String? = nil, in scope: Scope? = nil) {
        (scope ?? globalSession.top).aliases[name.folded] = AliasCommand(
            name, target: target, runspace: self, moduleName: moduleName)
        commandsChanged()
    }

    func commandsChanged() { commandVersion &+= 1 }

    func signature(of type: any Cmdlet.Type) throws(Stop) -> Signature {
        let key = ObjectIdentifier(type)
        if let known = signatures[key] { return known }
        let signature = type.signature
        signatures[key] = signature
        return signature
    }

    func signature(of compiled: CompiledBlock, name: String, _ frame: Frame) throws(Stop) -> Signature {
        if let known = compiled.parameters?.signature { return known }
        let signature = try AttributeReader.signature(compiled, name: name, frame)
        compiled.parameters?.signature = signature
        return signature
    }

    func define(_ definition: FunctionDefinition, in frame: Frame) throws(Stop) {
        let compiled = Compiler.compile(definition.body, layout: Layout())
        var name = definition.name
        var scope = frame.scope
        if let colon = name.firstIndex(of: ":") {
            let prefix = name[..<colon].lowercased()
            if prefix == "global" { scope = scope.global }
            if prefix == "script" { scope = scope.script }
            if ["global", "script", "local", "private"].contains(prefix) {
                name = String(name[name.index(after: colon)...])
            }
        }
        if let existing = scope.functions[name.folded], !existing.options.isDisjoint(with: [.readOnly, .constant]) {
            throw Stop.runtime(
                "FunctionNotWritable", .writeError,
                "Cannot write to function \(name) because it is read-only or constant.", target: .string(name),
                exception: "System.Management.Automation.SessionStateUnauthorizedAccessException"
            ).located(definition.range, frame)
        }
        let function = FunctionCommand(
            name, compiled, session: frame.scope.session, runspace: self, isFilter: definition.isFilter,
            definition: definition.definition)
        scope.functions.updateValue(function, forKey: name.folded)?.forgetCalls()
        for attribute in compiled.parameters?.block.attributes ?? [] where attribute.typeName.matches("Alias") {
            for alias in try AttributeReader.words(attribute, frame) { setAlias(alias, to: name, in: scope) }
        }
        commandsChanged()
    }

    /// Sets `function:name` to a block or text.
    func setFunction(_ name: String, _ block: ScriptBlock, in scope: Scope) {
        let function = FunctionCommand(
            name, block.compiled, session: block.session ?? scope.session, runspace: self, isFilter: false,
            definition: block.text)
        scope.functions.updateValue(function, forKey: name.folded)?.forgetCalls()
        commandsChanged()
    }

    // MARK: Code

    func compiled(_ syntax: ScriptSyntax, layout: Layout) -> CompiledBlock { Compiler.compile(syntax, layout: layout) }

    /// Parses text, throwing PowerShell's parse error.
    package func parse(_ text: String, path: String? = nil) throws(Stop) -> FerryLanguage.ScriptBlock {
        let parsed = Parser.parse(text, path: path)
        guard let script = parsed.script else { throw ParseFailure.stop(parsed.diagnostics) }
        for line in script.usings where line.kind == .namespace && !namespaces.contains(line.name) {
            namespaces.append(line.name)
        }
        return script
    }

    /// `[scriptblock]::Create(text)`
    package func makeScriptBlock(_ text: String, path: String? = nil) throws(Stop) -> ScriptBlock {
        ScriptBlock(compiled(try parse(text, path: path), layout: Layout()), session: nil)
    }

    /// A block of a script file's text, as `-FilePath` runs it elsewhere.
    ///
    /// - Parameter knowsPath: whether the block is that file's, for `$PSScriptRoot` and errors.
    package func makeScriptBlock(file path: String, knowsPath: Bool = false) throws(Stop) -> ScriptBlock {
        let full = location.resolve(path)
        let (text, _) = try FileText.read(full, interrupt)
        return try makeScriptBlock(text, path: knowsPath ? full : nil)
    }

    /// A script file, compiled; compiled again when the file has changed.
    func load(script path: String) throws(Stop) -> CompiledBlock {
        let (text, stamp) = try FileText.read(path, interrupt)
        if let known = scripts[path], known.stamp == stamp { return known.compiled }
        let compiled = compiled(try parse(text, path: path), layout: Layout())
        // Scripts with a new name each time would be kept for good.
        if scripts.count >= Self.scriptLimit { scripts = [:] }
        scripts[path] = (stamp, compiled)
        return compiled
    }

    func readLines(of path: String, _ frame: Frame) throws(Stop) -> [String] {
        let (text, _) = try FileText.read(location.resolve(path), interrupt)
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
            .map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// Runs `body` with `scope` as the current one of its session.
    func entering<Result>(_ scope: Scope, _ body: () throws(Stop) -> Result) throws(Stop) -> Result {
        let session = scope.session
        let saved = session.current
        session.current = scope
        defer { session.current = saved }
        return try body()
    }

    /// Refuses calls that would overflow the thread's stack.
    @inline(__always) package func checkDepth() throws(Stop) {
        if ThreadStack.pointer() < stackLimit {
            throw .runtime(
                "CallDepthOverflow", .invalidOperation, "The script failed due to call depth overflow.",
                exception: "System.Management.Automation.ScriptCallDepthException")
        }
    }

    // MARK: Settings

    func outputFieldSeparator(_ frame: Frame) -> String {
        guard let value = frame.scope.value(of: .ofs), !value.isNull else { return " " }
        return value.display
    }

    var outputFieldSeparator: String {
        guard let value = globalSession.current.value(of: .ofs), !value.isNull else { return " " }
        return value.display
    }

    func strictVersion(_ frame: Frame) -> Int? {
        var scope: Scope? = frame.scope
        while let current = scope {
            if let version = current.strictVersion { return version == 0 ? nil : version }
            scope = current.parent
        }
        return nil
    }

    func setExitCode(_ code: Int32) { globalSession.top.define(.lastExitCode, .int(code)) }

    package var exitCode: Int32 {
        guard case .number(let number)? = globalSession.top.value(of: .lastExitCode) else { return 0 }
        return Int32(truncatingIfNeeded: number.asInt64 ?? 0)
    }
}

/// A parse diagnostic as the error PowerShell raises for it.
enum ParseFailure {
    /// The exception of a parse error, which keeps its record for those who look inside a wrapping one.
    static func exception(of record: ErrorRecord) -> ExceptionObject {
        let exception = ExceptionObject(
            record.exception.exceptionType.fullName, record.message, inner: record.exception.inner)
        exception.details = [("ErrorRecord", .object(record))] + record.exception.details
        return exception
    }

    static func stop(_ diagnostics: [ParseDiagnostic]) -> Stop {
        guard let first = diagnostics.first else {
            return .runtime("ParseException", .parserError, "The text could not be parsed.")
        }
        let exception = ExceptionObject(
            first.isIncomplete
                ? "System.Management.Automation.IncompleteParseException"
                : "System.Management.Automation.ParseException",
            ErrorView.positionMessage(first.range) + "\n" + first.message)
        exception.details = [("Errors", .array(diagnostics.map { .object(ParseErrorObject($0)) }))]
        let record = ErrorRecord(exception, errorID: first.id, category: .parserError)
        record.position = first.range
        record.diagnosis = first.message
        record.reason = "ParentContainsErrorRecordException"
        record.invocation = Invocation(commandName: "", range: first.range, invocationName: "")
        return .error(record)
    }
}
