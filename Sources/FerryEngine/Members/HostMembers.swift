/// What scripts ask of `$Host` and `$Host.UI`: text, questions, nested prompts.
enum HostMembers {
    static let tables: [TypeMembers] = [host, interface, raw, choice, field]

    private static let host = TypeMembers(HostObject.type.fullName) {
        $0.method("EnterNestedPrompt", "void EnterNestedPrompt()", 0...0) { call throws(Stop) in
            try wrapping(call) { () throws(Stop) in try call.runspace.enterNestedPrompt(call.frame) }
            return .nothing
        }
        $0.method("ExitNestedPrompt", "void ExitNestedPrompt()", 0...0) { call throws(Stop) in
            try wrapping(call) { () throws(Stop) in try call.runspace.exitNestedPrompt() }
            return .nothing
        }
        $0.method("SetShouldExit", "void SetShouldExit(int exitCode)", 1...1) { call throws(Stop) in
            let code = Int32(truncatingIfNeeded: try call.int(0))
            call.runspace.requestedExit = code
            call.runspace.host.setShouldExit(code)
            return .nothing
        }
        for name in ["NotifyBeginApplication", "NotifyEndApplication"] {
            $0.method(name, "void \(name)()", 0...0) { _ throws(Stop) in .nothing }
        }
    }

    /// What the host throws, as the method's own exception.
    static func wrapping<Result>(_ call: MethodCall, _ body: () throws(Stop) -> Result) throws(Stop) -> Result {
        call.runspace.flushOutput()
        do throws(Stop) { return try body() } catch {
            guard case .error(let record) = error else { throw error }
            throw call.failed(record.exception.exceptionType.fullName, record.exception.message)
        }
    }

    // MARK: Text

    /// The arguments of `Write(text)` and `Write(foreground, background, text)`.
    private static func write(_ call: MethodCall, ending: String) throws(Stop) -> Value {
        let runspace = call.runspace
        runspace.flushOutput()
        guard call.count == 3 else {
            runspace.show((call.count == 0 ? "" : try call.string(0)) + ending)
            return .nothing
        }
        func color(_ index: Int) throws(Stop) -> ConsoleColor? {
            ConsoleColor(
                rawValue: try Conversion.convert(
                    call.arguments[index], to: RuntimeType(enum: ConsoleColor.enumType)
                ).display)
        }
        let text = try call.string(2) + ending
        runspace.transcription.write(text)
        runspace.host.write(text, foreground: try color(0), background: try color(1))
        return .nothing
    }

    private static let interface = TypeMembers(HostInterfaceObject.type.fullName) {
        addQuestions(&$0)
        $0.method(
            "Write",
            "void Write(string value)\nvoid Write(System.ConsoleColor foregroundColor, System.ConsoleColor backgroundColor, string value)",
            1...3
        ) {
            call throws(Stop) in try write(call, ending: "")
        }
        $0.method(
            "WriteLine",
            "void WriteLine()\nvoid WriteLine(string value)\nvoid WriteLine(System.ConsoleColor foregroundColor, System.ConsoleColor backgroundColor, string value)",
            0...3
        ) {
            call throws(Stop) in try write(call, ending: "\n")
        }
        $0.method("WriteErrorLine", "void WriteErrorLine(string message)", 1...1) { call throws(Stop) in
            call.runspace.flushOutput()
            call.runspace.host.writeErrorLine(try call.string(0))
            return .nothing
        }
        for (name, stream) in [
            ("WriteWarningLine", MessageRecord.Stream.warning), ("WriteVerboseLine", .verbose),
            ("WriteDebugLine", .debug),
        ] {
            $0.method(name, "void \(name)(string message)", 1...1) { call throws(Stop) in
                call.runspace.flushOutput()
                call.runspace.show(try call.string(0), stream)
                return .nothing
            }
        }
    }
}
