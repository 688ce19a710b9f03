/// What scripts ask of `$Host.UI` and `$Host.UI.RawUI`: text, questions, a key.
enum HostMembers {
    static let tables: [TypeMembers] = [interface, raw, choice]

    // MARK: Choices

    static let choiceType = "System.Management.Automation.Host.ChoiceDescription"

    private static let choice = TypeMembers(choiceType) {
        $0.make { call throws(Stop) in
            guard (1...2).contains(call.count) else { throw call.noOverload() }
            let help = call.count == 2 ? try call.string(1) : ""
            return .object(ChoiceObject(Choice(try call.string(0), help: help)))
        }
    }

    private static func choices(_ value: Value) -> [Choice] {
        (value.elements ?? [value]).map { ($0.asObject as? ChoiceObject)?.choice ?? Choice($0.display) }
    }

    private static func promptForChoice(_ call: MethodCall) throws(Stop) -> Value {
        let choices = choices(call.arguments[2])
        let standard = try call.int(3)
        guard !choices.isEmpty else {
            throw call.failed(
                "System.ArgumentException", "\"choices\" should have at least one element. (Parameter 'choices')")
        }
        guard standard >= -1, standard < choices.count else {
            throw call.failed(
                "System.ArgumentOutOfRangeException",
                "\"defaultChoice\" must be a valid index into \"choices\". \"\(standard)\" is not a valid index. (Parameter "
                    + "'defaultChoice')")
        }
        guard !choices.contains(where: { ChoiceMenu.key(of: $0.label) == "?" }) else {
            throw call.failed(
                "System.ArgumentException",
                "Cannot process the hot key because a question mark (\"?\") cannot be used as a hot key.")
        }
        call.runspace.flushOutput()
        return .count(
            try call.runspace.host.choose(
                caption: try call.string(0), message: try call.string(1), choices: choices, defaultChoice: standard))
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
        $0.method(
            "PromptForChoice",
            "int PromptForChoice(string caption, string message, System.Collections.ObjectModel.Collection[System.Management.Automation.Host.ChoiceDescription] choices, int defaultChoice)",
            4...4, promptForChoice)
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
        $0.method("ReadLine", "string ReadLine()", 0...0) { call throws(Stop) in
            call.runspace.flushOutput()
            return .optional(try call.runspace.host.readLine(prompt: ""))
        }
    }

    private static let raw = TypeMembers(RawInterfaceObject.type.fullName) {
        $0.method(
            "ReadKey",
            "System.Management.Automation.Host.KeyInfo ReadKey()\nSystem.Management.Automation.Host.KeyInfo ReadKey(System.Management.Automation.Host.ReadKeyOptions options)",
            0...1
        ) { call throws(Stop) in
            call.runspace.flushOutput()
            let options = call.count == 1 ? call.arguments[0].display.folded : ""
            guard let character = try call.runspace.host.readKey(echoes: !options.contains("noecho")) else {
                return .null
            }
            let unit = String(character).units.first ?? 0
            return .object(
                CustomObject(
                    [
                        ("VirtualKeyCode", .int(Int32(String(character).uppercased().units.first ?? 0))),
                        ("Character", .char(unit)), ("ControlKeyState", .int(0)), ("KeyDown", .bool(true)),
                    ], typeNames: ["System.Management.Automation.Host.KeyInfo"]))
        }
        $0.method("FlushInputBuffer", "void FlushInputBuffer()", 0...0) { call throws(Stop) in
            call.runspace.host.dropTyped()
            return .nothing
        }
    }
}

/// `ChoiceDescription`.
package final class ChoiceObject: Object {
    let choice: Choice
    init(_ choice: Choice) { self.choice = choice }
    private static let type = RuntimeType(HostMembers.choiceType)
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["Label", "HelpMessage"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "label": .string(choice.label)
        case "helpmessage": .string(choice.help)
        default: nil
        }
    }
}

/// `$Host.UI.RawUI`: the terminal itself.
package final class RawInterfaceObject: Object {
    private unowned let runspace: Runspace
    init(_ runspace: Runspace) { self.runspace = runspace }

    static let type = RuntimeType("System.Management.Automation.Internal.Host.InternalHostRawUserInterface")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] {
        [
            "ForegroundColor", "BackgroundColor", "BufferSize", "WindowSize", "MaxWindowSize", "MaxPhysicalWindowSize",
            "WindowTitle",
        ]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "windowsize", "buffersize", "maxwindowsize", "maxphysicalwindowsize":
            return .object(
                CustomObject(
                    [("Width", .count(runspace.host.width)), ("Height", .count(runspace.host.height))],
                    typeNames: ["System.Management.Automation.Host.Size"]))
        case "windowtitle": return .string(runspace.host.title)
        case "foregroundcolor": return ConsoleColor.gray.value
        case "backgroundcolor": return ConsoleColor.black.value
        default: return nil
        }
    }
    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        guard name.folded == "windowtitle" else { return false }
        runspace.host.title = value.display
        return true
    }
}
