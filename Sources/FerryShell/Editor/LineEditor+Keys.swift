import CEditline
import FerryEngine
import Glibc

/// What keys do beyond libedit's own: Tab, pasted text, the last word of earlier commands, and a terminal that changes its size.
extension LineEditor {
    /// Once an editor.
    func addFunctions() {
        // SAFETY: names and help are static strings; the functions capture nothing.
        _ = unsafe ferry_el_add_function(editor, "ferry-complete", "complete the word") { _, _ in
            unsafe LineEditor.current?.complete(.next) ?? UInt8(CC_ERROR)
        }
        _ = unsafe ferry_el_add_function(editor, "ferry-complete-back", "the completion before") { _, _ in
            unsafe LineEditor.current?.complete(.previous) ?? UInt8(CC_ERROR)
        }
        _ = unsafe ferry_el_add_function(editor, "ferry-complete-list", "list the completions") { _, _ in
            unsafe LineEditor.current?.complete(.list) ?? UInt8(CC_ERROR)
        }
        _ = unsafe ferry_el_add_function(editor, "ferry-paste", "insert pasted text") { _, _ in
            unsafe LineEditor.current?.paste() ?? UInt8(CC_ERROR)
        }
        _ = unsafe ferry_el_add_function(editor, "ferry-last-word", "last word of an earlier command") { _, _ in
            unsafe LineEditor.current?.insertLastWord() ?? UInt8(CC_ERROR)
        }
    }

    /// Also after the editor has been given other keys.
    func bindKeys() {
        for (key, function) in [
            ("^R", "em-inc-search-prev"), ("^S", "em-inc-search-next"),
            ("\u{1B}[1~", "ed-move-to-beg"), ("\u{1B}[4~", "ed-move-to-end"), ("\u{1B}[H", "ed-move-to-beg"),
            ("\u{1B}[F", "ed-move-to-end"), ("\u{1B}[3~", "ed-delete-next-char"),
            ("\u{1B}[1;5D", "ed-prev-word"), ("\u{1B}[1;5C", "em-next-word"),
            // F8: the earlier command that begins as what was typed.
            ("\u{1B}[19~", "ed-search-prev-history"), ("\u{1B}[19;2~", "ed-search-next-history"),
            ("^I", "ferry-complete"), ("\u{1B}[Z", "ferry-complete-back"), ("^@", "ferry-complete-list"),
            ("\u{1B}[200~", "ferry-paste"), ("\u{1B}.", "ferry-last-word"),
        ] {
            // SAFETY: libedit copies both names.
            _ = unsafe ferry_el_bind(editor, key, function)
        }
    }

    /// libedit's source of characters: 1 and the character, 0 at the end of input, −1 after Ctrl-C.
    @safe static func readKey(into character: UnsafeMutablePointer<wchar_t>?) -> Int32 {
        guard let character = unsafe character else { return -1 }
        switch KeyReader.next(resized: { unsafe current?.resized() }) {
        case .character(let scalar):
            // SAFETY: libedit lends it for this call.
            unsafe character.pointee = wchar_t(bitPattern: scalar.value)
            return 1
        case .endOfInput: return 0
        case .interrupted: return -1
        }
    }

    // MARK: The line

    /// What is typed so far, and the cursor's place in it.
    var line: (text: [Unicode.Scalar], cursor: Int) {
        // SAFETY: libedit lends the line until its next call; it is copied here.
        guard let line = unsafe el_wline(editor)?.pointee, let start = unsafe line.buffer,
            let cursor = unsafe line.cursor, let end = unsafe line.lastchar
        else { return ([], 0) }
        let count = unsafe start.distance(to: end)
        var text: [Unicode.Scalar] = []
        for index in 0..<max(0, count) {
            text.append(Unicode.Scalar(UInt32(bitPattern: unsafe start[index])) ?? "\u{FFFD}")
        }
        return (text, unsafe min(max(0, start.distance(to: cursor)), text.count))
    }

    /// Puts `text` in the place of a part of the line, the cursor behind it.
    func replace(start: Int, count: Int, by text: String) {
        let cursor = line.cursor
        // SAFETY: libedit bounds both moves by its line and copies what is inserted.
        _ = unsafe el_cursor(editor, Int32(start + count - cursor))
        if count > 0 { unsafe el_deletestr(editor, Int32(count)) }
        var wide = text.unicodeScalars.map { wchar_t(bitPattern: $0.value) }
        wide.append(0)
        _ = unsafe el_winsertstr(editor, wide)
    }

    // MARK: Pasted text

    /// What the terminal brackets as pasted: the whole of it belongs to the line, newlines too, and nothing of it is a key, also
    /// beyond what the line takes.
    func paste() -> UInt8 {
        var text = PastedText()
        reading: while true {
            switch KeyReader.next(resized: { self.resized() }) {
            case .character(let scalar): if text.take(scalar) { break reading }
            case .endOfInput, .interrupted: break reading
            }
        }
        let (before, cursor) = line
        if text.isCut {
            // libedit clears as many rows as its line had before it draws.
            TerminalHost.send(
                "\r\nOnly the first \(PastedText.limit) characters of the pasted text are in the line; the rest is left out.\r\n"
                    + String(repeating: "\r\n", count: rows(before)), to: STDOUT_FILENO)
        }
        let clean = text.clean
        if clean.isEmpty { return UInt8(text.isCut ? CC_REDISPLAY : CC_NORM) }
        replace(start: cursor, count: 0, by: clean)
        return UInt8(text.isCut ? CC_REDISPLAY : CC_REFRESH)
    }

    // MARK: Alt-.

    func insertLastWord() -> UInt8 {
        let (text, cursor) = line
        var depth = 0
        var place = (start: cursor, count: 0)
        if let recalled, recalled.text == text, recalled.cursor == cursor {
            depth = recalled.depth + 1
            place = (recalled.start, cursor - recalled.start)
        }
        let known = commands.reversed()
        guard depth < known.count else { return UInt8(CC_ERROR) }
        let command = known[known.index(known.startIndex, offsetBy: depth)]
        guard let word = command.split(whereSeparator: \.isWhitespace).last else { return UInt8(CC_ERROR) }
        replace(start: place.start, count: place.count, by: String(word))
        let now = line
        recalled = LastWord(start: place.start, depth: depth, text: now.text, cursor: now.cursor)
        return UInt8(CC_REFRESH)
    }

    // MARK: Size

    var terminalWidth: Int {
        var size = winsize()
        // SAFETY: TIOCGWINSZ fills the structure it is given.
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private var promptColumns: Int { prompt.line.filter { $0 != Character(PromptText.mark) }.columns }

    /// Rows of the screen that the prompt and `count` characters of the line take, less one.
    func rows(_ text: some Sequence<Unicode.Scalar>) -> Int {
        var row = 0
        var column = promptColumns
        for scalar in text {
            if scalar == "\n" {
                row += 1 + column / max(terminalWidth, 1)
                column = 0
            } else {
                column += String(scalar).columns
            }
        }
        return row + column / max(terminalWidth, 1)
    }

    /// Draws the line again on a terminal of another size.
    func resized() {
        let (text, cursor) = line
        // SAFETY: the editor is ours; both calls only read the terminal's size and draw.
        unsafe el_resize(editor)
        let up = rows(text[..<cursor])
        TerminalHost.send((up > 0 ? "\u{1B}[\(up)A" : "") + "\r\u{1B}[J", to: STDOUT_FILENO)
        _ = unsafe ferry_el_refresh(editor)
    }
}

/// The word that Alt-. put in last, so that the next Alt-. takes its place.
struct LastWord {
    var start: Int
    var depth: Int
    var text: [Unicode.Scalar]
    var cursor: Int
}
