import FerryEngine

/// The sections an author wrote about a command: comment-based help of a function or script, or a help file of a module.
struct HelpSections {
    private var sections: [(key: String, text: String)] = []
    /// By folded name.
    private(set) var parameters: [String: String] = [:]
    private(set) var examples: [Example] = []
    /// Whether the text is a file of a module rather than a comment.
    private(set) var isFile = false

    struct Example {
        /// As it stands above the code: `EXAMPLE 1` or `Example 1: What it shows`.
        var title: String
        /// Before the code: what the prompt would be.
        var introduction: String
        var code: String
        var remarks: String
    }

    var isEmpty: Bool { sections.isEmpty && parameters.isEmpty && examples.isEmpty }

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
        switch key {
        case "forwardhelptargetname", "forwardhelpcategory", "externalhelp":
            sections.append((key, name.isEmpty ? text.trimmingWhitespace : name))
        case "parameter": parameters[name.folded] = isFile ? Self.withoutMarks(text) : text
        case "example": examples.append(isFile ? Self.example(text, title: name) : example(text))
        default: sections.append((key, isFile ? Self.withoutMarks(text) : text))
        }
    }

    /// An example of a comment: its lines up to an empty one are the code, after a prompt of its own if it has one.
    private func example(_ text: String) -> Example {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var code = lines.prefix { !$0.allSatisfy(\.isWhitespace) }
        let remarks = lines.dropFirst(code.count).joined(separator: "\n").trimmingWhitespace
        var prompt = "PS > "
        if let first = code.first, let end = first.firstIndex(of: ">") {
            let words = first[..<end].split(separator: " ")
            let rest = first[first.index(after: end)...]
            if words.count == 1 || words.count == 2 && words[0] == "PS", rest.first == " ",
                words.allSatisfy({ !$0.contains { "$|-(".contains($0) } })
            {
                prompt = words.first == "PS" ? prompt : String(first[...end])
                code[code.startIndex] = rest.drop { $0 == " " }
            }
        }
        return Example(
            title: "EXAMPLE \(examples.count + 1)", introduction: prompt, code: code.joined(separator: "\n"),
            remarks: remarks)
    }

    /// An example of a file: what is fenced is code, up to the first fence's end.
    private static func example(_ text: String, title: String) -> Example {
        var (code, remarks): ([Substring], [Substring]) = ([], [])
        var fences = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                fences += 1
            } else if fences == 1 {
                code.append(line)
            } else {
                remarks.append(line)
            }
        }
        return Example(
            title: title, introduction: "", code: code.joined(separator: "\n"),
            remarks: withoutMarks(remarks.joined(separator: "\n").trimmingWhitespace))
    }

    /// Without Markdown's marks for code.
    private static func withoutMarks(_ text: String) -> String { String(text.filter { $0 != "`" }) }

    // MARK: Comments

    /// The help in the comment right before a function, or among the first comments or the last one inside its body.
    ///
    /// - Parameters:
    ///   - command: the function's name.
    ///   - before: the text of the file up to the function's body.
    ///   - body: the function's or script's text.
    init(command: String, before: String, body: String) {
        let above = Self.comments(in: before).last { Self.isHelp($0.text) && $0.stands(before: command) }
        let inside = Self.comments(in: body)
        // A script's help may follow its `#!` line or a licence; what stands right before a function is that function's.
        let leading = inside.prefix { !$0.followsCode }.filter { !before.isEmpty || !$0.standsBeforeFunction }
        let candidates = [above].compactMap { $0 } + leading + inside.suffix(1).filter(\.isLast)
        guard let comment = candidates.map(\.text).first(where: Self.isHelp) else { return }
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

    /// Whether the first words of a comment are a keyword of help.
    private static func isHelp(_ comment: String) -> Bool {
        let lines = comment.split(separator: "\n").map { $0.drop { $0.isWhitespace } }
        guard let first = lines.first(where: { !$0.isEmpty }) else { return false }
        return first.first == "." && keywords.contains(first.dropFirst().prefix { $0.isLetter }.lowercased())
    }

    /// The comment nearest to a parameter's declaration, without its margin.
    static func comment(before declaration: String) -> String {
        guard let comment = comments(in: declaration).last(where: { !$0.text.trimmingWhitespace.isEmpty }) else {
            return ""
        }
        var sections = HelpSections()
        sections.add("synopsis", "", comment.text.split(separator: "\n", omittingEmptySubsequences: false))
        return sections.text("synopsis")
    }

    private struct Comment {
        /// Without its marks.
        var text: String
        /// Whether a line that is neither empty nor a comment comes before it.
        var followsCode: Bool
        /// The lines below it, after what its own last line has behind its end.
        var rest: ArraySlice<Substring>
        /// Code stands behind its end.
        var endsInCode = false

        var isLast: Bool { rest.allSatisfy { $0.allSatisfy(\.isWhitespace) } }

        var standsBeforeFunction: Bool {
            if endsInCode { return false }
            var rest = rest
            if rest.first?.allSatisfy(\.isWhitespace) == true { rest = rest.dropFirst() }
            let word = (rest.first ?? "").split { " \t({".contains($0) }.first?.lowercased()
            return word == "function" || word == "filter"
        }

        /// Whether at most an empty line is between it and the line that declares the function.
        func stands(before command: String) -> Bool {
            if endsInCode { return false }
            var rest = rest
            if rest.first?.allSatisfy(\.isWhitespace) == true { rest = rest.dropFirst() }
            let words = (rest.first ?? "").split { " \t({".contains($0) }
            guard words.count > 1, ["function", "filter"].contains(words[0].lowercased()) else { return false }
            return words[1].split(separator: ":").last?.lowercased() == command.lowercased()
        }
    }

    /// Block comments, and runs of line comments. Text is not parsed: strings that hold comment marks may be taken for
    /// comments, which the search for keywords makes harmless.
    private static func comments(in text: String) -> [Comment] {
        var found: [Comment] = []
        var run: [String] = []
        var block: [String]?
        var followsCode = false
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        func add(_ text: [String], endingAt index: Int, behind: Substring = "") {
            var comment = Comment(
                text: text.joined(separator: "\n"), followsCode: followsCode, rest: lines[index...])
            comment.endsInCode = !behind.allSatisfy(\.isWhitespace)
            found.append(comment)
        }
        func close(at index: Int) {
            if !run.isEmpty { add(run, endingAt: index) }
            run = []
        }
        for (index, line) in lines.enumerated() {
            let trimmed = line.drop(while: \.isWhitespace)
            if let open = block {
                if let end = line.firstRange(of: "#>") {
                    add(
                        open + [String(line[..<end.lowerBound])], endingAt: index + 1, behind: line[end.upperBound...])
                    block = nil
                } else {
                    block?.append(String(line))
                }
            } else if let start = line.firstRange(of: "<#") {
                // Comments without an empty line between them are one.
                let above = run
                run = []
                if !line[..<start.lowerBound].allSatisfy(\.isWhitespace) { followsCode = true }
                let rest = line[start.upperBound...]
                if let end = rest.firstRange(of: "#>") {
                    add(
                        above + [String(rest[..<end.lowerBound])], endingAt: index + 1,
                        behind: rest[end.upperBound...])
                } else {
                    block = above + [String(rest)]
                }
            } else if trimmed.hasPrefix("#!") {
                continue
            } else if trimmed.first == "#" {
                run.append(String(trimmed.dropFirst()))
            } else {
                close(at: index)
                if !trimmed.isEmpty { followsCode = true }
            }
        }
        close(at: lines.count)
        return found
    }

    // MARK: Help files

    /// A module's `help/Verb-Noun.md`, in the layout PowerShell's own documentation has.
    init(markdown: String) {
        isFile = true
        let titles = [
            "SYNOPSIS": "synopsis", "DESCRIPTION": "description", "NOTES": "notes", "INPUTS": "inputs",
            "OUTPUTS": "outputs",
            "RELATED LINKS": "link",
        ]
        var key = ""
        var name = ""
        var chapter = ""
        var lines: [Substring] = []
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
            } else if chapter == "EXAMPLES" || !line.hasPrefix("```") {
                lines.append(line)
            }
        }
        if !key.isEmpty { add(key, name, lines) }
    }
}

extension StringProtocol {
    var trimmingWhitespace: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
