import FerryEngine

/// `MatchInfo`: a line that matched.
final class MatchedLine: HostedBody {
    private let line: String
    private let number: Int
    private let path: String?
    private let folder: String
    private let pattern: String
    private let ignoresCase: Bool
    private let matches: Value
    var before: [String] = []
    var after: [String] = []

    init(
        line: String, number: Int, path: String?, folder: String, pattern: String, ignoresCase: Bool, matches: Value
    ) {
        self.line = line
        self.number = number
        self.path = path
        self.folder = folder
        self.pattern = pattern
        self.ignoresCase = ignoresCase
        self.matches = matches
    }

    private static let type = RuntimeType("Microsoft.PowerShell.Commands.MatchInfo")
    var typeName: RuntimeType { Self.type }

    /// `file:3:text`; with context the line is marked and its neighbours are shown around it.
    var text: String {
        guard !before.isEmpty || !after.isEmpty else { return row(line, number, mark: "", separator: ":") }
        var rows: [String] = []
        for (offset, text) in before.enumerated() {
            rows.append(row(text, number - before.count + offset, mark: "  ", separator: ":"))
        }
        rows.append(row(line, number, mark: "> ", separator: ":"))
        for (offset, text) in after.enumerated() {
            rows.append(row(text, number + 1 + offset, mark: "  ", separator: ":"))
        }
        return rows.joined(separator: "\n")
    }

    private func row(_ text: String, _ number: Int, mark: String, separator: String) -> String {
        guard let path else { return mark + text }
        let shown = path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
        return "\(mark)\(shown):\(number)\(separator)\(text)"
    }

    var propertyNames: [String] {
        ["IgnoreCase", "LineNumber", "Line", "Filename", "Path", "Pattern", "Context", "Matches"]
    }

    func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "ignorecase": return .bool(ignoresCase)
        case "linenumber": return .count(number)
        case "line": return .string(line)
        case "filename":
            return .string(path?.split(separator: "/").last.map(String.init) ?? "InputStream")
        case "path": return .string(path ?? "InputStream")
        case "pattern": return .string(pattern)
        case "matches": return matches
        case "context":
            if before.isEmpty, after.isEmpty { return .null }
            return .object(
                CustomObject(
                    [
                        ("PreContext", .array(before.map { .string($0) })),
                        ("PostContext", .array(after.map { .string($0) })),
                    ], typeNames: ["Microsoft.PowerShell.Commands.MatchInfoContext"]))
        default: return nil
        }
    }
}
