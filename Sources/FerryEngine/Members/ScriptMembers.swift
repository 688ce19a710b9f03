/// Script blocks, `$PSCmdlet`, `$ExecutionContext.InvokeCommand`, wildcard patterns, method objects.
enum ScriptMembers {
    static let tables: [TypeMembers] = [block, cmdlet, invoker, paths, wildcard, method, error]

    private static func blockOf(_ call: MethodCall) throws(Stop) -> ScriptBlock {
        guard let block = call.target.asScriptBlock else { throw call.noOverload() }
        return block
    }

    private static let block = TypeMembers("System.Management.Automation.ScriptBlock") {
        for name in ["Invoke", "InvokeReturnAsIs"] {
            $0.method(name, "\(name)(Params System.Object[] args)", 0...64) { call throws(Stop) in
                let sink = CollectingSink()
                try blockOf(call).invoke(call.frame, arguments: call.arguments, newScope: true, output: sink)
                return name == "Invoke" ? .list(ListObject(sink.values, kind: .collection)) : sink.result
            }
        }
        $0.method(
            "GetSteppablePipeline",
            "System.Management.Automation.SteppablePipeline GetSteppablePipeline()\n"
                + "System.Management.Automation.SteppablePipeline GetSteppablePipeline("
                + "System.Management.Automation.CommandOrigin commandOrigin)", 0...2
        ) { call throws(Stop) in .object(try blockOf(call).steppable(call.frame)) }
        $0.method("GetNewClosure", "scriptblock GetNewClosure()", 0...0) { call throws(Stop) in
            .object(try blockOf(call).closure(call.frame))
        }
        $0.method("ToString", "string ToString()", 0...0) { call throws(Stop) in .string(try blockOf(call).text) }
        $0.staticMethod("Create", "static scriptblock Create(string script)", 1...1) { call throws(Stop) in
            do throws(Stop) {
                return .object(try call.runspace.makeScriptBlock(try call.string(0)))
            } catch {
                guard let record = error.record else { throw error }
                throw Stop.runtime(
                    record.exception.exceptionType.name, .notSpecified,
                    "Exception calling \"Create\" with \"1\" argument(s): \"\(record.message)\"",
                    exception: "System.Management.Automation.MethodInvocationException",
                    inner: ParseFailure.exception(of: record))
            }
        }
    }

    private static func io(_ call: MethodCall) throws(Stop) -> CommandIO {
        guard let object = call.target.asObject as? CmdletObject else { throw call.noOverload() }
        return object.io
    }

    private static let cmdlet = TypeMembers(CmdletObject.type.fullName) {
        $0.method("ShouldProcess", "bool ShouldProcess(string target, string action)", 1...4) { call throws(Stop) in
            let io = try io(call)
            switch call.count {
            case 1: return .bool(try io.confirms(nil, try call.string(0)))
            case 2: return .bool(try io.confirms(try call.string(1), try call.string(0)))
            default:
                let description = try call.string(0)
                return .bool(
                    try io.confirms(
                        whatIf: "What if: " + description, query: try call.string(1), verbose: description,
                        caption: try call.string(2)))
            }
        }
        $0.method("ShouldContinue", "bool ShouldContinue(string query, string caption)", 2...5) { call throws(Stop) in
            .bool(try io(call).asks(try call.string(0), caption: try call.string(1)))
        }
        $0.method("WriteObject", "void WriteObject(System.Object sendToPipeline, bool enumerateCollection)", 1...2) {
            call throws(Stop) in
            if call.count > 1, call.arguments[1].isTrue {
                try io(call).emit(enumerating: call.arguments[0])
            } else {
                try io(call).emit(call.arguments[0])
            }
            return .nothing
        }
        $0.method("WriteError", "void WriteError(System.Management.Automation.ErrorRecord errorRecord)", 1...1) {
            call throws(Stop) in
            guard let record = call.arguments[0].asObject as? ErrorRecord else { throw call.noOverload() }
            try io(call).report(record)
            return .nothing
        }
        $0.method(
            "ThrowTerminatingError", "void ThrowTerminatingError(System.Management.Automation.ErrorRecord errorRecord)",
            1...1
        ) {
            call throws(Stop) in
            guard let record = call.arguments[0].asObject as? ErrorRecord else { throw call.noOverload() }
            let io = try io(call)
            record.ended = io
            throw io.failing(record)
        }
        $0.method("WriteWarning", "void WriteWarning(string text)", 1...1) { call throws(Stop) in
            try io(call).warn(try call.string(0))
            return .nothing
        }
        $0.method("WriteVerbose", "void WriteVerbose(string text)", 1...1) { call throws(Stop) in
            try io(call).verbose(try call.string(0))
            return .nothing
        }
        $0.method("WriteDebug", "void WriteDebug(string text)", 1...1) { call throws(Stop) in
            try io(call).debug(try call.string(0))
            return .nothing
        }
        $0.method("GetVariableValue", "System.Object GetVariableValue(string name)", 1...2) { call throws(Stop) in
            try io(call).variable(try call.string(0))
        }
        $0.method(
            "GetUnresolvedProviderPathFromPSPath", "string GetUnresolvedProviderPathFromPSPath(string path)", 1...1
        ) {
            call throws(Stop) in .string(call.runspace.location.resolve(try call.string(0)))
        }
    }

    private static let paths = TypeMembers(PathIntrinsicsObject.type.fullName) {
        $0.method(
            "GetUnresolvedProviderPathFromPSPath", "string GetUnresolvedProviderPathFromPSPath(string path)", 1...1
        ) {
            call throws(Stop) in .string(call.runspace.location.resolve(try call.string(0)))
        }
        $0.method("Combine", "string Combine(string parent, string child)", 2...2) { call throws(Stop) in
            .string(PathText.join(try call.string(0), try call.string(1)))
        }
        $0.method("IsPSAbsolute", "bool IsPSAbsolute(string path, [ref] string driveName)", 1...2) {
            call throws(Stop) in
            .bool(try call.string(0).hasPrefix("/"))
        }
    }

    private static let invoker = TypeMembers(InvokeCommandObject.type.fullName) {
        $0.method("InvokeScript", "InvokeScript(string script, Params System.Object[] args)", 1...16) {
            call throws(Stop) in
            var given = call.arguments[0].asScriptBlock
            if given == nil { given = try call.runspace.makeScriptBlock(try call.string(0)) }
            guard let block = given else { return .nothing }
            let sink = CollectingSink()
            try block.invoke(call.frame, arguments: Array(call.arguments.dropFirst()), newScope: true, output: sink)
            return .list(ListObject(sink.values, kind: .collection))
        }
        $0.method("ExpandString", "string ExpandString(string source)", 1...1) { call throws(Stop) in
            // Only variables and subexpressions are special: quotes in the source stay as they are.
            let text = try call.string(0).replacingQuotes()
            let block = try call.runspace.makeScriptBlock("\"\(text)\"")
            return .string(try block.collect(call.frame).map(\.display).joined())
        }
        $0.method("NewScriptBlock", "scriptblock NewScriptBlock(string scriptText)", 1...1) { call throws(Stop) in
            .object(try call.runspace.makeScriptBlock(try call.string(0)))
        }
        $0.method("GetCommand", "System.Management.Automation.CommandInfo GetCommand(string commandName, type)", 1...2)
        {
            call throws(Stop) in try call.runspace.find(try call.string(0), call.frame)?.object ?? .null
        }
    }

    private static let wildcard = TypeMembers("System.Management.Automation.WildcardPattern") {
        $0.make { call throws(Stop) in
            guard (1...2).contains(call.count) else { throw call.noOverload() }
            return try WildcardObject.make(call)
        }
        $0.staticMethod(
            "Get",
            "static System.Management.Automation.WildcardPattern Get(string pattern, System.Management.Automation.WildcardOptions options)",
            2...2
        ) { call throws(Stop) in try WildcardObject.make(call) }
        $0.method("IsMatch", "bool IsMatch(string input)", 1...1) { call throws(Stop) in
            guard let object = call.target.asObject as? WildcardObject else { throw call.noOverload() }
            return .bool(object.pattern.matches(try call.string(0)))
        }
        $0.staticMethod("ContainsWildcardCharacters", "static bool ContainsWildcardCharacters(string pattern)", 1...1) {
            call throws(Stop) in .bool(WildcardPattern.isPattern(try call.string(0)))
        }
        $0.staticMethod("Escape", "static string Escape(string pattern)", 1...1) { call throws(Stop) in
            .string(WildcardPattern.escape(try call.string(0)))
        }
        $0.staticMethod("Unescape", "static string Unescape(string pattern)", 1...1) { call throws(Stop) in
            .string(WildcardPattern.unescape(try call.string(0)))
        }
    }

    private static let method = TypeMembers("System.Management.Automation.PSMethod") {
        $0.method("Invoke", "System.Object Invoke(Params System.Object[] arguments)", 0...16) { call throws(Stop) in
            guard let method = call.target.asObject as? MethodObject else { throw call.noOverload() }
            return try method.invoke(call.arguments, call.frame)
        }
    }

    private static let error = TypeMembers("System.Management.Automation.ErrorRecord") {
        $0.make { call throws(Stop) in
            guard call.count == 4 else { throw call.noOverload() }
            guard case .object(let object) = try call.convert(0, .exception), let exception = object as? ExceptionObject
            else {
                throw call.noOverload()
            }
            let symbol = try Conversion.symbol(
                call.arguments[2], ErrorCategory.enumType, RuntimeType(enum: ErrorCategory.enumType))
            return .object(
                ErrorRecord(
                    exception, errorID: try call.string(1),
                    category: ErrorCategory(rawValue: symbol.text) ?? .notSpecified,
                    target: call.arguments[3]))
        }
    }
}

extension String {
    fileprivate func replacingQuotes() -> String {
        var result = ""
        for character in self {
            if character == "\"" { result.append("`") }
            result.append(character)
        }
        return result
    }
}
