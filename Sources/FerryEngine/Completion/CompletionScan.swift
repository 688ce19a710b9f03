/// Text up to the cursor, read as far as completion needs: which command it stands in, that command's words, and the word the
/// cursor is at the end of. Nothing has to be finished or right; whatever cannot be understood is a word.
struct CompletionScan {
    struct Word {
        /// Place of its first character.
        var start: Int
        /// As written.
        var raw: String
        /// Without quotes and backticks.
        var text: String
        var followsComma = false
    }

    /// A statement in progress, inside the brackets that hold it.
    struct Level {
        /// What opened it: empty for the text itself, else `(`, `{`, `@{`, `[`.
        var opener: String
        /// Where that stands.
        var start = 0
        /// The words of the command before the cursor's.
        var words: [Word] = []
        /// The commands before it in its pipeline, first to last.
        var pipeline: [[Word]] = []
        /// Where the word in progress began.
        var wordStart: Int?
        var followsComma = false
        /// In a hashtable, whether the `=` behind the key was there.
        var hasKey = false
        /// `&` or `.` stands before the command.
        var isCalled = false
        /// What stands before the `=` of an assignment whose value is being written.
        var assigned: String?
        /// The last word, in small letters.
        var follows = ""
        /// In a hashtable, the keys that are written.
        var keys: [String] = []
        /// Inside `$( )` of a string that is open.
        var isInString = false
    }

    enum Place: Equatable {
        case word
        /// The text behind `#`.
        case comment(String)
        /// Inside `[`, the name typed so far.
        case type(String)
        /// Inside a double-quoted string, which is open.
        case string
        /// Inside `<#`, with the text from there on.
        case help(String)
    }

    /// Outermost first; never empty.
    private(set) var levels: [Level] = [Level(opener: "")]
    private(set) var place = Place.word
    /// Where what is to be replaced begins.
    private(set) var start = 0
    /// The quote that is open at the cursor.
    private(set) var quote: Character?
    /// What is typed of the word at the cursor, as written.
    private(set) var raw = ""

    private let text: [Character]

    static let nestingLimit = 256

    init(_ source: String) {
        text = Array(source)
        scan(from: 0)
        finish()
    }

    var level: Level { levels[levels.count - 1] }

    /// The word at the cursor without quotes and backticks.
    var word: String { Self.unquoted(raw) }

    // MARK: Reading

    private mutating func scan(from begin: Int) {
        var index = begin
        func at(_ place: Int) -> Character? { place < text.count ? text[place] : nil }
        while index < text.count {
            let character = text[index]
            let top = levels.count - 1
            let isWordStart = levels[top].wordStart == nil
            switch character {
            case "`" where at(index + 1)?.isNewline == true:
                // The line goes on in the next.
                endWord(index)
                index += 2
            case "`":
                beginWord(index)
                index += 2
            case "<" where at(index + 1) == "#":
                var end = index + 2
                while end < text.count, !(text[end] == ">" && text[end - 1] == "#") { end += 1 }
                if end >= text.count {
                    start = index
                    return place = .help(String(text[(index + 2)...]))
                }
                index = end + 1
            case "'":
                beginWord(index)
                index += 1
                while index < text.count, text[index] != "'" { index += 1 }
                guard index < text.count else { return quote = "'" }
                index += 1
            case "\"":
                beginWord(index)
                index += 1
                var inner: Int?
                while index < text.count, text[index] != "\"" {
                    if text[index] == "`" { index += 1 }
                    if at(index) == "$", at(index + 1) == "(" {
                        guard let end = closing(from: index + 1) else {
                            inner = index + 2
                            break
                        }
                        index = end
                    }
                    index += 1
                }
                if let inner {
                    // A statement inside the string, to the end of the text.
                    push("(", at: inner - 1)
                    levels[levels.count - 1].isInString = true
                    index = inner
                    continue
                }
                guard index < text.count else {
                    quote = "\""
                    place = .string
                    return
                }
                index += 1
            case "#" where isWordStart:
                var end = index
                while end < text.count, text[end] != "\n" { end += 1 }
                if end == text.count {
                    start = index
                    return place = .comment(String(text[(index + 1)...]))
                }
                index = end
            case "[" where isWordStart:
                guard let end = closing(from: index) else {
                    start = index + 1
                    let name = String(text[(index + 1)...])
                    if !name.contains(where: { !($0.isLetter || $0.isNumber || "._`[],".contains($0)) }) {
                        return place = .type(name)
                    }
                    push("[", at: index)
                    index += 1
                    continue
                }
                beginWord(index)
                index = end + 1
            case "$" where at(index + 1) == "{":
                beginWord(index)
                while index < text.count, text[index] != "}" { index += 1 }
                index += 1
            case "(", "{", "[":
                let opener = character == "{" && index > 0 && text[index - 1] == "@" ? "@{" : String(character)
                beginWord(index)
                push(opener, at: index)
                index += 1
            case ")", "}", "]":
                pop(character)
                index += 1
            case ";", "\n", "\r\n":
                endWord(index)
                endStatement(isLine: character != ";")
                index += 1
            case "|", "&":
                endWord(index)
                let isDouble = at(index + 1) == character
                if character == "&", !isDouble, levels[top].words.isEmpty {
                    levels[top].isCalled = true
                } else if character == "|", !isDouble {
                    levels[top].pipeline.append(levels[top].words)
                    levels[top].words = []
                    levels[top].isCalled = false
                } else {
                    endStatement(isLine: false)
                }
                index += isDouble ? 2 : 1
            case ",":
                endWord(index)
                levels[top].followsComma = true
                if levels[top].opener == "(" { levels[top].hasKey = false }
                index += 1
            case ">":
                endWord(index)
                levels[top].words.append(Word(start: index, raw: ">", text: ">"))
                index += 1
            case "=":
                if isAssignment(index) {
                    let first = levels[top].words.first?.start ?? levels[top].wordStart ?? index
                    let target = String(text[first..<index])
                    if levels[top].opener == "@{" {
                        levels[top].keys.append(Self.unquoted(target.trimmed))
                    } else {
                        levels[top].assigned = target.trimmed
                    }
                    levels[top].wordStart = nil
                    levels[top].words = []
                    levels[top].pipeline = []
                    levels[top].hasKey = true
                } else {
                    beginWord(index)
                }
                index += 1
            default:
                if character.isWhitespace { endWord(index) } else { beginWord(index) }
                index += 1
            }
        }
    }

    /// What stands before `=`: a variable or a key, perhaps with the sign of a compound assignment.
    private func isAssignment(_ index: Int) -> Bool {
        let level = level
        if level.opener == "@{", !level.hasKey { return true }
        var words = level.words.map(\.raw)
        if let start = level.wordStart { words.append(String(text[start..<index])) }
        guard let first = words.first, first.hasPrefix("$") || first.hasPrefix("[") else { return false }
        return words.count <= 2
            && words.dropFirst().allSatisfy { ["+", "-", "*", "/", "%", "??"].contains($0) || $0.hasPrefix("$") }
    }

    /// The place of the bracket that closes the one at `index`; nil when it is open to the end.
    private func closing(from index: Int) -> Int? {
        var stack: [Character] = []
        var place = index
        while place < text.count {
            switch text[place] {
            case "(": stack.append(")")
            case "[": stack.append("]")
            case "{": stack.append("}")
            case ")", "]", "}":
                guard stack.last == text[place] else { return nil }
                stack.removeLast()
                if stack.isEmpty { return place }
            case "'", "\"":
                let mark = text[place]
                place += 1
                while place < text.count, text[place] != mark { place += text[place] == "`" ? 2 : 1 }
            case "`": place += 1
            default: break
            }
            place += 1
        }
        return nil
    }

    // MARK: Words and levels

    private mutating func beginWord(_ index: Int) {
        if levels[levels.count - 1].wordStart == nil { levels[levels.count - 1].wordStart = index }
    }

    private mutating func endWord(_ index: Int) {
        let top = levels.count - 1
        guard let start = levels[top].wordStart else { return }
        levels[top].wordStart = nil
        let raw = String(text[start..<min(index, text.count)])
        if raw == ".", levels[top].words.isEmpty {
            levels[top].isCalled = true
            return
        }
        levels[top].words.append(
            Word(start: start, raw: raw, text: Self.unquoted(raw), followsComma: levels[top].followsComma))
        levels[top].followsComma = false
        levels[top].follows = raw.lowercased()
        // What stands behind these words is a statement again.
        let words = levels[top].words
        if words.count == 1, Self.openers.contains(raw.lowercased()) { levels[top].words = [] }
        if words.count == 2, levels[top].opener == "(", raw.lowercased() == "in", words[0].raw.hasPrefix("$") {
            levels[top].words = []
        }
    }

    private static let openers: Set = [
        "return", "throw", "exit", "else", "do", "try", "finally", "begin", "process", "end", "in",
    ]

    private mutating func endStatement(isLine: Bool) {
        let top = levels.count - 1
        // A line that ends in `|` goes on in the next.
        if isLine, levels[top].words.isEmpty, !levels[top].pipeline.isEmpty { return }
        // And so does one that ends in an operator.
        if isLine, let last = levels[top].words.last, levels[top].words.count > 1, Self.isOperator(last.raw),
            Completer.isExpression(levels[top].words[0].raw)
        {
            return
        }
        levels[top].words = []
        levels[top].pipeline = []
        levels[top].hasKey = false
        levels[top].isCalled = false
        levels[top].followsComma = false
        levels[top].assigned = nil
    }

    private mutating func push(_ opener: String, at start: Int) {
        if levels.count < Self.nestingLimit { levels.append(Level(opener: opener, start: start)) }
    }

    private mutating func pop(_ closer: Character) {
        let wanted = closer == ")" ? ["("] : closer == "]" ? ["["] : ["{", "@{"]
        guard let place = levels.lastIndex(where: { wanted.contains($0.opener) }) else { return }
        levels.removeSubrange(place...)
        let top = levels.count - 1
        // `if ($x) {…} Get-`: a closed block ends what it belonged to.
        let words = levels[top].words
        // A loop may have a label in front.
        let keyword = words.first?.raw.hasPrefix(":") == true ? words.dropFirst().first : words.first
        if closer == "}", let first = keyword?.raw.lowercased(), Self.blocks.contains(first) {
            levels[top].wordStart = nil
            levels[top].words = []
        }
    }

    private static let blocks: Set = [
        "if", "elseif", "else", "foreach", "for", "while", "switch", "function", "filter", "try", "catch", "finally",
    ]

    private mutating func finish() {
        switch place {
        case .comment, .type, .help: return
        case .word, .string: break
        }
        let top = levels.count - 1
        start = levels[top].wordStart ?? text.count
        raw = String(text[min(start, text.count)...])
    }

    /// Whether a word is an operator that wants a value behind it.
    static func isOperator(_ raw: String) -> Bool {
        guard raw.hasPrefix("-") else { return false }
        return Completer.operatorNames.contains(raw.dropFirst().lowercased())
    }

    /// What would close everything that is open.
    var closers: String {
        var result = quote.map(String.init) ?? ""
        for (index, level) in levels.enumerated().dropFirst().reversed() {
            switch level.opener {
            case "(":
                result += level.isInString ? ")\"" : ")"
                if let keyword = keyword(before: index) { result += keyword == "switch" ? "{default{}}" : "{}" }
            case "[": result += "]"
            default: result += levels[index - 1].follows == "do" ? "}while($true)" : "}"
            }
        }
        return result
    }

    /// The keyword whose brackets the level is, and which wants a block behind them: `if (`, `switch -Regex (`.
    private func keyword(before index: Int) -> String? {
        let words = levels[index - 1].words.map(\.raw) + [opening(of: index).trimmed]
        let first = words.first { !$0.hasPrefix(":") && !$0.isEmpty }?.lowercased()
        return first.flatMap { ["if", "elseif", "switch", "while", "foreach", "for"].contains($0) ? $0 : nil }
    }

    /// The text of a level's word that another level began in: `param(`, `$table[`.
    func opening(of index: Int) -> String {
        guard levels.indices.contains(index), levels.indices.contains(index - 1),
            let start = levels[index - 1].wordStart, start <= levels[index].start
        else { return "" }
        return String(text[start..<levels[index].start])
    }

    /// Bytes of UTF-8 before the character at `place`.
    func bytes(before place: Int) -> Int {
        text[..<min(place, text.count)].reduce(0) { $0 + $1.utf8.count }
    }

    /// A word's value as far as it needs no evaluation.
    static func unquoted(_ raw: String) -> String {
        var result = ""
        var open: Character?
        var characters = raw[...]
        while let character = characters.popFirst() {
            if let mark = open {
                if character == mark {
                    if characters.first == mark {
                        result.append(mark)
                        characters.removeFirst()
                    } else {
                        open = nil
                    }
                } else if character == "`", mark == "\"", let next = characters.popFirst() {
                    result.append(next)
                } else {
                    result.append(character)
                }
            } else if character == "'" || character == "\"" {
                open = character
            } else if character == "`" {
                if let next = characters.popFirst() { result.append(next) }
            } else {
                result.append(character)
            }
        }
        return result
    }
}
