import FerryEngine

/// Help on a subject: a module's `help/about_*.md`, laid out as PowerShell's are, for 80 columns.
struct AboutTopic {
    static let prefix = "about_"

    let name: String
    let moduleName: String
    /// The whole screen.
    let text: String
    /// The short description, on one line.
    let synopsis: String

    init(_ name: String, of module: String, markdown: String) {
        self.name = name
        moduleName = module
        var lines: [String] = ["TOPIC", "    " + name]
        var short: [Substring] = []
        var chapter = ""
        var isCode = false
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isCode.toggle()
            } else if isCode {
                lines.append(line.isEmpty ? "" : "        " + line)
            } else if line.hasPrefix("## ") {
                chapter = line.dropFirst(3).trimmingWhitespace.uppercased()
                lines.append(chapter)
            } else if line.hasPrefix("### ") {
                lines.append("  " + line.dropFirst(4).trimmingWhitespace)
            } else if !line.hasPrefix("# ") {
                if chapter == "SHORT DESCRIPTION", !line.isEmpty { short.append(line) }
                lines += Self.wrapped(line)
            }
        }
        synopsis = short.joined(separator: " ")
        // A heading stands right above its text, and one empty line between paragraphs is enough.
        var kept: [String] = []
        for line in lines {
            if line.isEmpty, kept.last.map({ $0.isEmpty || !$0.hasPrefix("   ") }) ?? true { continue }
            kept.append(line)
        }
        while kept.last?.isEmpty == true { kept.removeLast() }
        text = "\n" + kept.joined(separator: "\n") + "\n"
    }

    /// A paragraph, or an entry of a list, in the margins of the screen.
    private static func wrapped(_ line: Substring) -> [String] {
        guard !line.isEmpty else { return [""] }
        let words = line.filter { $0 != "`" }.split(separator: " ")
        // Further lines of an entry stand below its text.
        let number = line.prefix { $0.isNumber }
        let hanging =
            line.hasPrefix("- ")
            ? 2 : !number.isEmpty && line.dropFirst(number.count).hasPrefix(". ") ? number.count + 2 : 0
        var lines: [String] = []
        var current = "   "
        for word in words {
            if current.count + 1 + word.count > 79, current.contains(where: { $0 != " " }) {
                lines.append(current)
                current = String(repeating: " ", count: 3 + hanging)
            }
            current += " " + word
        }
        return lines + [current]
    }
}
