import Foundation

extension Runspace {
    /// The automatic and preference variables of a fresh session.
    func defineVariables() {
        let scope = globalSession.top!
        func define(_ name: String, _ value: Value, _ options: Variable.Options = []) {
            scope.put(Symbol(name), Variable(name, value, options: options))
        }
        func live(_ name: String, _ compute: @escaping () -> Value) {
            scope.put(Symbol(name), Variable(name, .null, options: [.readOnly, .allScope], compute: compute))
        }
        define("true", .bool(true), [.constant, .allScope])
        define("false", .bool(false), [.constant, .allScope])
        define("null", .null, [.constant, .allScope])
        live("?") { [unowned self] in .bool(self.lastSucceeded) }
        live("PWD") { [unowned self] in .object(self.location.place) }
        define("Error", .list(errors), [.constant, .allScope])
        define("HOME", .string(Environment.value("HOME") ?? "/"), [.readOnly, .allScope])
        define("PID", .int(ProcessInfo.processInfo.processIdentifier), [.constant, .allScope])
        define("Host", .object(HostObject(self)), [.constant, .allScope])
        define("ExecutionContext", .object(ExecutionContextObject(self)), [.constant, .allScope])
        define("ShellId", .string("Microsoft.PowerShell"), [.constant, .allScope])
        define("PSHOME", .string(Environment.programFolder), [.constant, .allScope])
        define("PSCulture", .string("en-US"), [.readOnly, .allScope])
        define("PSUICulture", .string("en-US"), [.readOnly, .allScope])
        define("IsLinux", .bool(true), [.constant, .allScope])
        define("IsWindows", .bool(false), [.constant, .allScope])
        define("IsMacOS", .bool(false), [.constant, .allScope])
        define("IsCoreCLR", .bool(true), [.constant, .allScope])
        define("PSEdition", .string("Core"), [.constant, .allScope])
        // What the system calls itself is in a file, which few sessions ask for.
        var versions: TableObject?
        live("PSVersionTable") {
            let table = versions ?? Self.versionTable()
            versions = table
            return .table(table)
        }
        define("PROFILE", .object(ProfileObject(.standard)))
        define("PSStyle", .object(StyleObject(style)))
        define("StackTrace", .string(""))
        define("PSEmailServer", .string(""))
        define("MaximumErrorCount", .int(256))
        define("EnabledExperimentalFeatures", .array([]), [.constant, .allScope])
        define("ConsoleFileName", .string(""), [.readOnly, .allScope])
        define("NestedPromptLevel", .int(0))
        define("ErrorActionPreference", ActionPreference.continue.value)
        define("WarningPreference", ActionPreference.continue.value)
        define("VerbosePreference", ActionPreference.silentlyContinue.value)
        define("DebugPreference", ActionPreference.silentlyContinue.value)
        define("InformationPreference", ActionPreference.silentlyContinue.value)
        define("ProgressPreference", ActionPreference.continue.value)
        define("ConfirmPreference", .symbol(ConfirmImpact.enumType.value(Int64(ConfirmImpact.high.rawValue))))
        define("WhatIfPreference", .bool(false))
        define("ErrorView", .symbol(ErrorView.enumType.value(2)))
        for name in ["Error", "Warning", "Verbose", "Debug", "Information"] {
            scope.own(Symbol(name == "Error" ? "ErrorActionPreference" : name + "Preference"))?.type =
                ActionPreference.type
        }
        scope.own(Symbol("ProgressPreference"))?.type = ActionPreference.type
        scope.own(Symbol("ConfirmPreference"))?.type = RuntimeType(enum: ConfirmImpact.enumType)
        scope.own(Symbol("ErrorView"))?.type = RuntimeType(enum: ErrorView.enumType)
        define("MaximumHistoryCount", .int(4096))
        define("FormatEnumerationLimit", .int(4))
        define("OutputEncoding", .object(EncodingObject(.utf8)))
        define("PSModuleAutoLoadingPreference", .string("All"))
        define("PSDefaultParameterValues", .table(TableObject()))
        define("PSNativeCommandUseErrorActionPreference", .bool(false))
        define("PSNativeCommandArgumentPassing", .string("Standard"))
    }

    private static func versionTable() -> TableObject {
        let table = TableObject(kind: .ordered)
        let version = ShellVersion.current
        table["PSVersion"] = .object(SemanticVersionObject(version.major, version.minor, version.build))
        table["PSEdition"] = .string("Core")
        table["GitCommitId"] = .string(ShellVersion.current.text)
        table["OS"] = .string(ProcessInfo.processInfo.operatingSystemVersionString)
        table["Platform"] = .string("Unix")
        table["PSCompatibleVersions"] = .array(
            ["1.0", "2.0", "3.0", "4.0", "5.0", "5.1", "6.0", "7.0"].compactMap {
                VersionNumber($0).map { .version($0) }
            })
        table["PSRemotingProtocolVersion"] = .version(VersionNumber(2, 3))
        table["SerializationVersion"] = .version(VersionNumber(1, 1, 0, 1))
        table["WSManStackVersion"] = .version(VersionNumber(3, 0))
        return table
    }

    private static let completionFunction = """
        param(
            [Parameter(Mandatory, Position = 0)] [AllowEmptyString()] [string] $inputScript,
            [Parameter(Position = 1)] [int] $cursorColumn = $inputScript.Length,
            [Parameter(Position = 2)] [hashtable] $options
        )
        [System.Management.Automation.CommandCompletion]::CompleteInput($inputScript, $cursorColumn, $options)
        """

    /// `prompt`, `TabExpansion2` and the functions that change drives.
    func defineDrivesFunctions() {
        guard
            let block = try? makeScriptBlock(
                "\"PS $($executionContext.SessionState.Path.CurrentLocation)$('>' * ($nestedPromptLevel + 1)) \"")
        else { return }
        block.session = globalSession
        setFunction("prompt", block, in: globalSession.top)
        if let block = try? makeScriptBlock(Self.completionFunction) {
            block.session = globalSession
            setFunction("TabExpansion2", block, in: globalSession.top)
        }
    }
}

extension ConfirmImpact {
    static let enumType = EnumType(
        "System.Management.Automation.ConfirmImpact", ["None", "Low", "Medium", "High"])
}

/// `$Host`.
package final class HostObject: Object {
    private unowned let runspace: Runspace
    init(_ runspace: Runspace) { self.runspace = runspace }
    static let type = RuntimeType("System.Management.Automation.Internal.Host.InternalHost")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] {
        [
            "Name", "Version", "InstanceId", "UI", "CurrentCulture", "CurrentUICulture", "PrivateData",
            "IsRunspacePushed",
        ]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name": .string(runspace.host.name)
        case "version": .version(ShellVersion.current)
        case "instanceid": .guid(runspace.id)
        case "currentculture", "currentuiculture": CultureObject.current
        case "ui": .object(HostInterfaceObject(runspace))
        case "privatedata": .object(CustomObject())
        case "isrunspacepushed": .bool(false)
        default: nil
        }
    }
}

/// `$Host.UI`, `$Host.UI.RawUI`.
package final class HostInterfaceObject: Object {
    unowned let runspace: Runspace
    init(_ runspace: Runspace) { self.runspace = runspace }
    static let type = RuntimeType("System.Management.Automation.Internal.Host.InternalHostUserInterface")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["RawUI", "SupportsVirtualTerminal"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "supportsvirtualterminal": return .bool(runspace.allowsColor)
        case "rawui": return .object(RawInterfaceObject(runspace))
        default: return nil
        }
    }
}

/// `$ExecutionContext`: the parts prompts and modules use.
package final class ExecutionContextObject: Object {
    unowned let runspace: Runspace
    /// The module whose own variable this is.
    weak var module: ScriptModule?
    init(_ runspace: Runspace) { self.runspace = runspace }
    private static let type = RuntimeType("System.Management.Automation.EngineIntrinsics")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["Host", "InvokeCommand", "SessionState"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "host": return .object(HostObject(runspace))
        case "invokecommand": return .object(InvokeCommandObject(runspace))
        case "sessionstate":
            let path = PathIntrinsicsObject(runspace)
            return .object(
                CustomObject([
                    ("Path", .object(path)), ("InvokeCommand", .object(InvokeCommandObject(runspace))),
                    ("LanguageMode", .string("FullLanguage")), ("Module", module.map { .object($0) } ?? .null),
                ]))
        default: return nil
        }
    }
}

/// `$ExecutionContext.SessionState.Path`.
package final class PathIntrinsicsObject: Object {
    unowned let runspace: Runspace
    init(_ runspace: Runspace) { self.runspace = runspace }
    static let type = RuntimeType("System.Management.Automation.PathIntrinsics")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["CurrentLocation", "CurrentFileSystemLocation"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "currentlocation", "currentfilesystemlocation": .object(runspace.location.place)
        default: nil
        }
    }
}

/// `$ExecutionContext.InvokeCommand`.
package final class InvokeCommandObject: Object {
    unowned let runspace: Runspace
    init(_ runspace: Runspace) { self.runspace = runspace }
    static let type = RuntimeType("System.Management.Automation.CommandInvocationIntrinsics")
    package override var typeName: RuntimeType { Self.type }
}

/// `$PSCmdlet`.
package final class CmdletObject: Object {
    let io: CommandIO
    init(_ io: CommandIO) { self.io = io }
    static let type = RuntimeType(
        "System.Management.Automation.PSScriptCmdlet",
        bases: [
            "System.Management.Automation.PSCmdlet", "System.Management.Automation.Cmdlet",
            "System.Management.Automation.Internal.InternalCommand", "System.Object",
        ])
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["ParameterSetName", "MyInvocation", "SessionState", "Host"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "parametersetname": .string(io.call.parameterSet)
        case "myinvocation": .object(InvocationObject(io.call.invocation))
        case "host": .object(HostObject(io.runspace))
        case "sessionstate": try ExecutionContextObject(io.runspace).property("SessionState")
        default: nil
        }
    }
}
