import FerryEngine

/// The sections an author wrote about a command: comment-based help of a function or script, or a help file of a module.
struct HelpSections {
    private var sections: [(key: String, text: String)] = []
    /// By folded name.
    private(set) var parameters: [String: String] = [:]

    var isEmpty: Bool { sections.isEmpty && parameters.isEmpty }

    func text(_ key: String) -> String { sections.first { $0.key == key }?.text ?? "" }
    func all(_ key: String) -> [String] { sections.filter { $0.key == key }.map(\.text) }

    init() {}

    private mutating func add(_ key: String, _ name: String, _ lines: [Substring]) {
        var kept = lines[...]
        while let first = kept.first, first.allSatisfy(\.isWhitespace) { kept = kept.dropFirst() }
        while let last = kept.last, last.allSatisfy(\.isWhitespace) { kept = kept.dropLast() }
        let margin = kept.filter { !$0.allSatisfy(\.isWhitespace) }.map { $0.prefix { $0 == " " || $0 == "\t" }.count }
            .min()
        let text = kept.map { $0.dropFirst(margin ?? 0) }.joined(separator: "\n")
        if key == "parameter" { parameters[name.folded] = text } else { sections.append((key, text)) }
    }

    // MARK: Comments

    /// The help in the comment before a function, or the first or last inside its body.
    ///
    /// - Parameters:
    ///   - before: the text of the file up to the function's body.
    ///   - body: the function's or script's text.
    init(before: String, body: String) {
        let inside = Self.comments(in: body)
        let candidates = [Self.comments(in: before).last, inside.first, inside.last].compactMap { $0 }
        guard let comment = candidates.first(where: Self.isHelp) else { return }
        var key = ""
        var name = ""
        var lines: [Substring] = []
        for line in comment.split(separator: "\n", omittingEmptySubsequences: false) {
            let trimmed = line.drop { $0.isWhitespace }
            let word = trimmed.dropFirst().prefix { $0.isLetter }.lowercased()
            if trimmed.first == ".", Self.keywords.contains(word) {
                if !key.isEmpty { add(key, name, lines) }
                key = word
                name = trimmed.dropFirst(1 + word.count).trimmingWhitespace
                lines = []
                if key == "link", !name.isEmpty { lines = [Substring(name)] }
            } else {
                lines.append(line)
            }
        }
        if !key.isEmpty { add(key, name, lines) }
    }

    private static let keywords: Set<String> = [
        "synopsis", "description", "parameter", "example", "inputs", "outputs", "notes", "link", "component", "role",
        "functionality", "forwardhelptargetname", "forwardhelpcategory", "externalhelp",
    ]

    private static func isHelp(_ comment: String) -> Bool {
        comment.split(separator: "\n").contains { line in
            let trimmed = line.drop { $0.isWhitespace }
            return trimmed.first == "." && keywords.contains(trimmed.dropFirst().prefix { $0.isLetter }.lowercased())
        }
    }

    /// Block comments, and runs of line comments, without their marks. Text is not parsed: strings that hold comment marks
    /// may be taken for comments, which the search for keywords makes harmless.
    private static func comments(in text: String) -> [String] {
        var found: [String] = []
        var run: [String] = []
        var block: [String]?
        func close() {
            if !run.isEmpty { found.append(run.joined(separator: "\n")) }
            run = []
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if block != nil {
                if let end = line.firstRange(of: "#>") {
                    block?.append(String(line[..<end.lowerBound]))
                    found.append((block ?? []).joined(separator: "\n"))
                    block = nil
                } else {
                    block?.append(String(line))
                }
            } else if let start = line.firstRange(of: "<#") {
                close()
                let rest = line[start.upperBound...]
                if let end = rest.firstRange(of: "#>") {
                    found.append(String(rest[..<end.lowerBound]))
                } else {
                    block = [String(rest)]
                }
            } else if line.drop(while: \.isWhitespace).first == "#" {
                run.append(String(line.drop(while: \.isWhitespace).dropFirst()))
            } else {
                close()
            }
        }
        close()
        return found
    }

    // MARK: Help files

    /// A module's `help/Verb-Noun.md`, in the layout PowerShell's own documentation has.
    init(markdown: String) {
        let titles = [
            "SYNOPSIS": "synopsis", "DESCRIPTION": "description", "NOTES": "notes", "INPUTS": "inputs",
            "OUTPUTS": "outputs",
            "RELATED LINKS": "link",
        ]
        var key = ""
        var name = ""
        var chapter = ""
        var lines: [Substring] = []
        func isMark(_ line: Substring) -> Bool { line.hasPrefix("```") }
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") {
                if !key.isEmpty { add(key, name, lines) }
                chapter = line.dropFirst(3).trimmingWhitespace.uppercased()
                (key, name, lines) = (titles[chapter] ?? "", "", [])
            } else if line.hasPrefix("### "), chapter == "EXAMPLES" || chapter == "PARAMETERS" {
                if !key.isEmpty { add(key, name, lines) }
                let title = line.dropFirst(4).trimmingWhitespace
                key = chapter == "EXAMPLES" ? "example" : "parameter"
                name = title.hasPrefix("-") ? String(title.dropFirst()) : title
                lines = []
            } else if !isMark(line) {
                lines.append(line)
            }
        }
        if !key.isEmpty { add(key, name, lines) }
    }
}

extension StringProtocol {
    fileprivate var trimmingWhitespace: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
