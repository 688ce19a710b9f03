/// `$PSStyle`: the escape sequences that output is decorated with, and whether it is at all.
package final class StyleTable {
    package var rendering = OutputRendering.host
    /// By group and name: `("Formatting", "Error")`. Groups hold only what can be set.
    private(set) var formats: [(name: String, value: String)] = [
        ("FormatAccent", "\u{1B}[32;1m"), ("TableHeader", "\u{1B}[32;1m"),
        ("CustomTableHeaderLabel", "\u{1B}[32;1;3m"), ("ErrorAccent", "\u{1B}[36;1m"), ("Error", "\u{1B}[31;1m"),
        ("Warning", "\u{1B}[33;1m"), ("Verbose", "\u{1B}[33;1m"), ("Debug", "\u{1B}[33;1m"),
        ("FeedbackName", "\u{1B}[33m"), ("FeedbackText", "\u{1B}[96m"), ("FeedbackAction", "\u{1B}[97m"),
    ]
    package var progressStyle = "\u{1B}[33;1m"
    package var progressMaxWidth = 120
    package var progressView = ProgressStyle.minimal
    package var usesProgressIndicator = false
    private(set) var files: [(name: String, value: String)] = [
        ("Directory", "\u{1B}[44;1m"), ("SymbolicLink", "\u{1B}[36;1m"), ("Executable", "\u{1B}[32;1m"),
    ]
    /// `.Extension`: what a file's name ends in, with its dot, folded.
    let extensions: TableObject = {
        let table = TableObject(kind: .dictionary)
        for name in [".zip", ".tgz", ".gz", ".tar", ".nupkg", ".cab", ".7z"] { table[name] = .string("\u{1B}[31;1m") }
        for name in [".ps1", ".psd1", ".psm1", ".ps1xml"] { table[name] = .string("\u{1B}[33;1m") }
        table.refusal = TableRefusal { key, value in
            if !key.display.hasPrefix(".") {
                return "The file extension '\(key.display)' is invalid: it must start with a period."
            }
            let shown = value?.display.withoutEscapes ?? ""
            return shown.isEmpty
                ? nil
                : "The specified string contains printable content when it should only contain ANSI escape sequences: \(shown)"
        }
        return table
    }()

    package static let reset = "\u{1B}[0m"

    package init() {
        // Who wants no colours says so in one of these ways.
        let terminal = Environment.value("TERM") ?? ""
        if let plain = Environment.value("NO_COLOR"), !plain.isEmpty { rendering = .plainText }
        if ["dumb", "xterm-mono"].contains(terminal) { rendering = .plainText }
    }

    package func formatting(_ name: String) -> String {
        formats.first { $0.name == name }?.value ?? ""
    }

    package var error: String { formatting("Error") }
    package var errorAccent: String { formatting("ErrorAccent") }
    package var warning: String { formatting("Warning") }
    package var verbose: String { formatting("Verbose") }
    package var debug: String { formatting("Debug") }
    package var tableHeader: String { formatting("TableHeader") }
    package var formatAccent: String { formatting("FormatAccent") }

    /// The decoration of a file's name; empty when it has none.
    package func file(_ name: String, isFolder: Bool, isLink: Bool, isExecutable: Bool) -> String {
        func style(_ kind: String) -> String { files.first { $0.name == kind }?.value ?? "" }
        if isLink { return style("SymbolicLink") }
        if isFolder { return style("Directory") }
        if let dot = name.lastIndex(of: "."), case .string(let known)? = extensions[String(name[dot...]).folded] {
            return known
        }
        return isExecutable ? style("Executable") : ""
    }

    // MARK: Fixed sequences

    static let attributes: [(name: String, value: String)] = [
        ("Reset", "\u{1B}[0m"), ("BlinkOff", "\u{1B}[25m"), ("Blink", "\u{1B}[5m"), ("BoldOff", "\u{1B}[22m"),
        ("Bold", "\u{1B}[1m"), ("DimOff", "\u{1B}[22m"), ("Dim", "\u{1B}[2m"), ("Hidden", "\u{1B}[8m"),
        ("HiddenOff", "\u{1B}[28m"), ("Reverse", "\u{1B}[7m"), ("ReverseOff", "\u{1B}[27m"),
        ("ItalicOff", "\u{1B}[23m"), ("Italic", "\u{1B}[3m"), ("UnderlineOff", "\u{1B}[24m"),
        ("Underline", "\u{1B}[4m"), ("StrikethroughOff", "\u{1B}[29m"), ("Strikethrough", "\u{1B}[9m"),
    ]

    private static let codes: [(name: String, code: Int)] = [
        ("Black", 30), ("BrightBlack", 90), ("White", 37), ("BrightWhite", 97), ("Red", 31), ("BrightRed", 91),
        ("Magenta", 35), ("BrightMagenta", 95), ("Blue", 34), ("BrightBlue", 94), ("Cyan", 36), ("BrightCyan", 96),
        ("Green", 32), ("BrightGreen", 92), ("Yellow", 33), ("BrightYellow", 93),
    ]

    static func colors(background: Bool) -> [(name: String, value: String)] {
        codes.map { ($0.name, "\u{1B}[\($0.code + (background ? 10 : 0))m") }
    }

    // MARK: Setting

    /// - Returns: false when there is no such name.
    /// - Throws: when the text has something to see in it.
    func setFormatting(_ name: String, _ text: String) throws(Stop) -> Bool {
        guard let index = formats.firstIndex(where: { $0.name.folded == name.folded }) else { return false }
        formats[index].value = try Self.checked(text, formats[index].name)
        return true
    }

    func setFile(_ name: String, _ text: String) throws(Stop) -> Bool {
        guard let index = files.firstIndex(where: { $0.name.folded == name.folded }) else { return false }
        files[index].value = try Self.checked(text, files[index].name)
        return true
    }

    static func checked(_ text: String, _ name: String) throws(Stop) -> String {
        let shown = text.withoutEscapes
        guard shown.isEmpty else {
            throw refused(
                name,
                "The specified string contains printable content when it should only contain ANSI escape sequences: \(shown)",
                "System.ArgumentException")
        }
        return text
    }

    static func refused(_ name: String, _ reason: String, _ exception: String) -> Stop {
        .runtime(
            "ExceptionWhenSetting", .notSpecified, "Exception setting \"\(name)\": \"\(reason)\"",
            exception: "System.Management.Automation.SetValueInvocationException",
            inner: ExceptionObject(exception, reason))
    }
}
