import FerryLanguage
import Foundation

/// A call of this shell, or another PowerShell, with a script block: the block runs there, and objects travel instead of text.
///
/// `-Command`, `-Args`, `-InputFormat` and `-OutputFormat` are read here, shortened as pwsh accepts them; all other words are the
/// program's own. Source: pwsh's behaviour with `pwsh { … } -args …`.
struct ShellCall {
    private(set) var words: [String] = []
    /// Whether the input is written as objects.
    private(set) var sendsObjects = true
    /// Whether the output comes as objects. Where it goes to the screen it comes as text, and needs no way back.
    private(set) var receivesObjects: Bool

    private enum Part: String, CaseIterable {
        case command = "-command"
        case encodedCommand = "-encodedcommand"
        case arguments = "-args"
        case inputFormat = "-inputformat"
        case outputFormat = "-outputformat"

        /// The fewest letters that mean it here: `-i` alone is the shell's own `-Interactive`.
        private var shortest: Int { self == .inputFormat ? 3 : 2 }

        init?(_ name: String) {
            let name = "-" + name.lowercased()
            let found = Self.allCases.first { part in
                name.utf8.count >= part.shortest && part.rawValue.hasPrefix(name)
            }
            guard let found else { return nil }
            self = found
        }
    }

    /// Names of programs that take script blocks.
    private static let shells: Set<String> = ["ferry", "pwsh", "pwsh-preview", "powershell"]

    /// Whether the program is a shell, and one of the words a script block.
    static func isMeant(_ path: String, _ arguments: [Argument]) -> Bool {
        let hasBlock = arguments.contains { argument in
            if case .value(.object(let object)) = argument.kind { object is ScriptBlock } else { false }
        }
        guard hasBlock else { return false }
        if shells.contains(PathText.leaf(path)) { return true }
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        return URL(fileURLWithPath: path).resolvingSymlinksInPath().path == own
    }

    /// - Parameter showsOutput: the output goes to the screen.
    /// - Throws: PowerShell's errors for a part that is there twice, or without its value.
    init(_ arguments: [Argument], showsOutput: Bool, _ exchange: any ObjectExchange, _ runspace: Runspace)
        throws(Stop)
    {
        receivesObjects = !showsOutput
        var seen: Set<Part> = []
        func note(_ part: Part) throws(Stop) {
            guard seen.insert(part).inserted else {
                throw Self.misuse(
                    "ParameterSpecifiedAlready", "The parameter \(part.rawValue) is specified more than once.")
            }
        }
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard case .parameter(let name, let attached) = argument.kind, let part = Part(name) else {
                if case .value(.object(let object)) = argument.kind, let block = object as? ScriptBlock {
                    try note(.command)
                    words += ["-EncodedCommand", Self.encoded(block.text)]
                } else {
                    words += try NativeArguments.words([argument], runspace)
                }
                continue
            }
            var value = attached
            if value == nil, case .value(let next)? = rest.first?.kind {
                value = next
                rest = rest.dropFirst()
            }
            guard let value else {
                throw Self.misuse(
                    "MissingValueFor" + String(part.rawValue.dropFirst().capitalized) + "Parameter",
                    "The parameter \(part.rawValue) needs a value.")
            }
            try note(part == .encodedCommand ? .command : part)
            switch part {
            case .command:
                let block = (value.asObject as? ScriptBlock)?.text
                words += ["-EncodedCommand", Self.encoded(block ?? value.display)]
            case .encodedCommand: words += ["-EncodedCommand", value.display]
            case .arguments:
                let list = Value.list(ListObject(value.elements ?? [value], kind: .arrayList))
                words = ["-EncodedArguments", Self.encoded(exchange.document([list], runspace))] + words
            case .inputFormat: sendsObjects = try Self.isObjects(value, part)
            case .outputFormat: receivesObjects = try Self.isObjects(value, part)
            }
        }
        words =
            [
                "-InputFormat", sendsObjects ? "XML" : "Text", "-OutputFormat", receivesObjects ? "XML" : "Text",
            ] + words
    }

    private static func isObjects(_ value: Value, _ part: Part) throws(Stop) -> Bool {
        let text = value.display.lowercased()
        if !text.isEmpty, "xml".hasPrefix(text) { return true }
        if !text.isEmpty, "text".hasPrefix(text) { return false }
        throw misuse(
            "IncorrectValueForFormatParameter",
            "'\(value.display)' is not a value of the parameter \(part.rawValue). Valid values are Text and XML.")
    }

    private static func misuse(_ id: String, _ text: String) -> Stop {
        .runtime(id, .invalidArgument, text, exception: "System.Management.Automation.ParameterBindingException")
    }

    /// Base64 of UTF-16, little-endian.
    private static func encoded(_ text: String) -> String {
        Data(text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }).base64EncodedString()
    }
}
