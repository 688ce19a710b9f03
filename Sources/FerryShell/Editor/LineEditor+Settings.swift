import CEditline
import FerryCmdlets

/// What `Set-PSReadLineOption` and `Set-PSReadLineKeyHandler` change.
extension LineEditor: EditedLine {
    package func useViKeys(_ isOn: Bool) {
        // SAFETY: a static name; libedit begins its tables of keys anew.
        _ = unsafe ferry_el_set_editor(editor, isOn ? "vi" : "emacs")
        given = []
        bindKeys()
    }

    package func bind(_ sequence: String, to function: String, inCommandMode: Bool) {
        // libedit reads a notation of its own: three octal digits say a byte whatever it is.
        let key =
            sequence == "\0"
            ? "^@"
            : sequence.utf8.map { byte in
                guard byte < 0x21 || byte > 0x7E || byte == 0x5C || byte == 0x5E else {
                    return String(UnicodeScalar(byte))
                }
                let digits = String(byte, radix: 8)
                return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }.joined()
        let made = GivenKey(key: key, function: function, inCommandMode: inCommandMode)
        given.append(made)
        bind(made)
    }

    /// libedit gives arrows their own meaning once more when it first prepares the terminal: what they were given before comes
    /// after.
    func bindGivenKeys() { for key in given { bind(key) } }

    private func bind(_ given: GivenKey) {
        let (key, function) = (given.key, given.function)
        if given.inCommandMode {
            // SAFETY: libedit copies both names.
            _ = unsafe ferry_el_bind_command(editor, key, function)
        } else {
            _ = unsafe ferry_el_bind(editor, key, function)
        }
    }

    package func keepHistory(in path: String?) { setHistoryPath(path) }
}

/// A key as libedit spells it, with the function it was given.
struct GivenKey {
    let key: String
    let function: String
    let inCommandMode: Bool
}
