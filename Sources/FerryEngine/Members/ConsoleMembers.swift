import Glibc

/// `[Console]`: the process's standard streams and terminal, by way of the host.
enum ConsoleMembers {
    static let typeName = "System.Console"
    static let tables: [TypeMembers] = [console, ConsoleWriterObject.members, ConsoleReaderObject.members]

    /// The static properties that depend on the session; nil for what is none of them.
    static func property(_ key: String, _ frame: Frame) throws(Stop) -> Value? {
        let host = frame.runspace.host
        switch key {
        case "out": return .object(ConsoleWriterObject(frame.runspace, isError: false))
        case "error": return .object(ConsoleWriterObject(frame.runspace, isError: true))
        case "in": return .object(ConsoleReaderObject(frame.runspace))
        case "windowwidth", "bufferwidth", "largestwindowwidth": return .count(host.width)
        case "windowheight", "bufferheight", "largestwindowheight": return .count(host.height)
        case "cursorleft": return .count(host.cursor.column)
        case "cursortop": return .count(host.cursor.row)
        case "cursorvisible": return .bool(true)
        case "cursorsize": return .int(100)
        case "windowleft", "windowtop": return .int(0)
        case "title": return .string(host.title)
        case "foregroundcolor": return host.foreground.value
        case "backgroundcolor": return host.background.value
        case "keyavailable": return .bool(host.hasKey)
        case "treatcontrolcasinput", "capslock", "numberlock": return .bool(false)
        default: return nil
        }
    }

    /// Sets a static property. What only a Windows console has is accepted: scripts set it and go on.
    static func set(_ key: String, to value: Value, _ frame: Frame) throws(Stop) {
        let host = frame.runspace.host
        func number() throws(Stop) -> Int {
            guard case .number(let number) = try Conversion.convert(value, to: .int32) else { return 0 }
            return Int(min(max(number.asInt64 ?? 0, 0), 32_766))
        }
        func color() throws(Stop) -> ConsoleColor {
            let type = RuntimeType(enum: ConsoleColor.enumType)
            return ConsoleColor(rawValue: try Conversion.convert(value, to: type, frame.runspace).display) ?? .gray
        }
        switch key {
        case "title": host.title = value.display
        case "foregroundcolor": host.foreground = try color()
        case "backgroundcolor": host.background = try color()
        case "cursorleft": host.cursor = (column: try number(), row: host.cursor.row)
        case "cursortop": host.cursor = (column: host.cursor.column, row: try number())
        case "cursorvisible": if hasScreen(frame.runspace) { host.write(value.isTrue ? "\u{1B}[?25h" : "\u{1B}[?25l") }
        default: break
        }
    }

    private static func hasScreen(_ runspace: Runspace) -> Bool {
        runspace.host.usesStandardStreams && isatty(STDOUT_FILENO) == 1
    }

    /// `Write(format, values…)`, as of every text writer.
    static func text(_ call: MethodCall) throws(Stop) -> String {
        guard call.count > 0 else { return "" }
        let text = try call.string(0)
        if call.count == 1 { return text }
        return try CompositeFormat.text(text, Array(call.arguments.dropFirst()), call.runspace)
    }

    private static let console = TypeMembers(typeName) {
        $0.constant("OutputEncoding", .object) { .object(EncodingObject(.utf8)) }
        $0.constant("InputEncoding", .object) { .object(EncodingObject(.utf8)) }
        $0.constant("IsInputRedirected", .bool) { .bool(isatty(STDIN_FILENO) == 0) }
        $0.constant("IsOutputRedirected", .bool) { .bool(isatty(STDOUT_FILENO) == 0) }
        $0.constant("IsErrorRedirected", .bool) { .bool(isatty(STDERR_FILENO) == 0) }
        $0.staticMethod("WriteLine", "static void WriteLine(string value)", 0...16) { call throws(Stop) in
            call.runspace.writeHostLine(try text(call))
            return .nothing
        }
        $0.staticMethod("Write", "static void Write(string value)", 1...16) { call throws(Stop) in
            let text = try text(call)
            call.runspace.flushOutput()
            call.runspace.show(text)
            return .nothing
        }
        $0.staticMethod("ReadLine", "static string ReadLine()", 0...0) { call throws(Stop) in
            .optional(try call.runspace.host.readInput())
        }
        $0.staticMethod(
            "ReadKey", "static System.ConsoleKeyInfo ReadKey()\nstatic System.ConsoleKeyInfo ReadKey(bool intercept)",
            0...1
        ) { call throws(Stop) in
            let hides = if call.count == 1 { try call.bool(0) } else { false }
            let key = try HostMembers.wrapping(call) { () throws(Stop) in
                try call.runspace.host.readKey(echoes: !hides)
            }
            return key.map(keyInfo) ?? .null
        }
        $0.staticMethod("Clear", "static void Clear()", 0...0) { call throws(Stop) in
            call.runspace.flushOutput()
            call.runspace.host.clear()
            return .nothing
        }
        $0.staticMethod("ResetColor", "static void ResetColor()", 0...0) { call throws(Stop) in
            if hasScreen(call.runspace), call.runspace.allowsColor { call.runspace.host.write("\u{1B}[39;49m") }
            return .nothing
        }
        $0.staticMethod("SetCursorPosition", "static void SetCursorPosition(int left, int top)", 2...2) {
            call throws(Stop) in
            call.runspace.flushOutput()
            call.runspace.host.cursor = (column: max(0, try call.int(0)), row: max(0, try call.int(1)))
            return .nothing
        }
        $0.staticMethod("Beep", "static void Beep()\nstatic void Beep(int frequency, int duration)", 0...2) {
            call throws(Stop) in
            if hasScreen(call.runspace) { call.runspace.host.write("\u{7}") }
            return .nothing
        }
        for name in ["SetOut", "SetError", "SetIn"] {
            $0.staticMethod(name, "static void \(name)(System.IO.TextWriter stream)", 1...1) { call throws(Stop) in
                throw call.failed(
                    "System.PlatformNotSupportedException",
                    "The shell's own streams cannot be replaced. Redirect with > and 2>, or use Start-Transcript.")
            }
        }
    }

    /// A key as `ConsoleKeyInfo` has it.
    private static func keyInfo(_ character: Character) -> Value {
        let names: [Character: String] = [
            "\r": "Enter", "\n": "Enter", "\u{1B}": "Escape", " ": "Spacebar", "\t": "Tab", "\u{7F}": "Backspace",
            "\u{8}": "Backspace",
        ]
        let name =
            names[character] ?? (character.isASCII && character.isNumber ? "D\(character)" : character.uppercased())
        return .object(
            CustomObject(
                [
                    ("KeyChar", .char(String(character).units.first ?? 0)), ("Key", .string(name)),
                    ("Modifiers", .int(0)),
                ], typeNames: ["System.ConsoleKeyInfo"]))
    }
}

/// `[Console]::Out` and `[Console]::Error`.
package final class ConsoleWriterObject: Object {
    private unowned let runspace: Runspace
    private let isError: Bool

    init(_ runspace: Runspace, isError: Bool) {
        self.runspace = runspace
        self.isError = isError
    }

    private static let type = RuntimeType(
        "System.IO.TextWriter+SyncTextWriter",
        bases: ["System.IO.TextWriter", "System.MarshalByRefObject", "System.Object"])
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["NewLine", "Encoding"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "newline": .string("\n")
        case "encoding": .object(EncodingObject(.utf8))
        default: nil
        }
    }

    private func write(_ text: String) {
        runspace.flushOutput()
        if isError { runspace.host.writeErrorText(text) } else { runspace.show(text) }
    }

    static let members = TypeMembers(type.fullName) {
        for (name, ending) in [("Write", ""), ("WriteLine", "\n")] {
            $0.method(name, "void \(name)(string value)", 0...16) { call throws(Stop) in
                let text = try ConsoleMembers.text(call)
                (call.target.asObject as? ConsoleWriterObject)?.write(text + ending)
                return .nothing
            }
        }
        for name in ["Flush", "Close", "Dispose"] {
            $0.method(name, "void \(name)()", 0...0) { _ throws(Stop) in .nothing }
        }
    }
}

/// `[Console]::In`.
package final class ConsoleReaderObject: Object {
    private unowned let runspace: Runspace

    init(_ runspace: Runspace) { self.runspace = runspace }

    private static let type = RuntimeType(
        "System.IO.SyncTextReader",
        bases: ["System.IO.TextReader", "System.MarshalByRefObject", "System.Object"])
    package override var typeName: RuntimeType { Self.type }

    static let members = TypeMembers(type.fullName) {
        $0.method("ReadLine", "string ReadLine()", 0...0) { call throws(Stop) in
            .optional(try call.runspace.host.readInput())
        }
        $0.method("ReadToEnd", "string ReadToEnd()", 0...0) { call throws(Stop) in
            var text = ""
            while let line = try call.runspace.host.readInput() { text += line + "\n" }
            return .string(text)
        }
        for name in ["Close", "Dispose"] {
            $0.method(name, "void \(name)()", 0...0) { _ throws(Stop) in .nothing }
        }
    }
}
