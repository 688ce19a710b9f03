import FerryEngine

/// A key, or two keys one after the other, as PSReadLine writes them: `Ctrl+d`, `UpArrow`, `Alt+.`, `Ctrl+x,Ctrl+u`.
package struct KeyChord: Equatable, Sendable {
    /// In PSReadLine's spelling.
    package let name: String
    /// What terminals send for it, in every form that is usual; empty where they send nothing of their own (`Ctrl+Enter`).
    package let sequences: [String]

    /// - Returns: nil for what names no key.
    package init?(_ text: String) {
        var name = ""
        var sequences = [""]
        // A comma behind a plus, or alone, is the key.
        var parts: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            if part.isEmpty, let last = parts.last, last.isEmpty || last.hasSuffix("+") {
                parts[parts.count - 1] = last + ","
            } else {
                parts.append(part)
            }
        }
        guard !text.isEmpty, parts.count <= 2 else { return nil }
        for part in parts {
            guard let key = Self.key(part) else { return nil }
            name += (name.isEmpty ? "" : ",") + key.name
            sequences = sequences.flatMap { start in key.sequences.map { start + $0 } }
        }
        self.name = name
        self.sequences = sequences
    }

    private static let named: [(name: String, final: String)] = [
        ("UpArrow", "A"), ("DownArrow", "B"), ("RightArrow", "C"), ("LeftArrow", "D"), ("Home", "H"), ("End", "F"),
        ("Insert", "2~"), ("Delete", "3~"), ("PageUp", "5~"), ("PageDown", "6~"), ("F1", "P"), ("F2", "Q"), ("F3", "R"),
        ("F4", "S"), ("F5", "15~"), ("F6", "17~"), ("F7", "18~"), ("F8", "19~"), ("F9", "20~"), ("F10", "21~"),
        ("F11", "23~"), ("F12", "24~"),
    ]

    private static let simple: [(name: String, character: String, others: [String])] = [
        ("Tab", "\t", []), ("Enter", "\r", ["return"]), ("Escape", "\u{1B}", ["esc"]), ("Spacebar", " ", ["space"]),
        ("Backspace", "\u{7F}", []),
    ]

    private static func key(_ text: String) -> (name: String, sequences: [String])? {
        var rest = text[...]
        var (control, alt, shift) = (false, false, false)
        while let plus = rest.firstIndex(of: "+"), plus > rest.startIndex, rest.index(after: plus) < rest.endIndex {
            switch rest[..<plus].lowercased() {
            case "ctrl", "control": control = true
            case "alt": alt = true
            case "shift": shift = true
            default: return nil
            }
            rest = rest[rest.index(after: plus)...]
        }
        let prefix = (control ? "Ctrl+" : "") + (alt ? "Alt+" : "") + (shift ? "Shift+" : "")
        let folded = rest.lowercased()
        let wanted =
            folded.hasSuffix("arrow")
            ? folded
            : ["up", "down", "left", "right"].contains(folded)
                ? folded + "arrow" : folded
        if let key = named.first(where: { $0.name.lowercased() == wanted }) {
            let modifier = 1 + (shift ? 1 : 0) + (alt ? 2 : 0) + (control ? 4 : 0)
            return (prefix + key.name, sequences(key.final, modifier))
        }
        if let key = simple.first(where: { $0.name.lowercased() == folded || $0.others.contains(folded) }) {
            return (prefix + key.name, sequences(key.name, key.character, control, alt, shift))
        }
        guard rest.count == 1, let character = rest.first else { return nil }
        let letter = character.isASCII && character.isLetter
        var sent = String(shift && letter ? Character(character.uppercased()) : character)
        if control {
            // A terminal tells apart no more than these.
            guard letter || "@[\\]^_".contains(character), let code = Character(character.uppercased()).asciiValue
            else {
                return (prefix + rest, [])
            }
            sent = String(UnicodeScalar(code & 0x1F))
        }
        return (prefix + (control || alt ? rest.lowercased() : String(rest)), [alt ? "\u{1B}" + sent : sent])
    }

    private static func sequences(_ final: String, _ modifier: Int) -> [String] {
        let isNumbered = final.hasSuffix("~")
        if modifier > 1 {
            return [isNumbered ? "\u{1B}[\(final.dropLast());\(modifier)~" : "\u{1B}[1;\(modifier)\(final)"]
        }
        if isNumbered { return ["\u{1B}[\(final)"] }
        let others = ["H": ["\u{1B}[1~"], "F": ["\u{1B}[4~"]][final] ?? []
        return ["PQRS".contains(final) ? "\u{1B}O\(final)" : "\u{1B}[\(final)", "\u{1B}O\(final)"] + others
    }

    private static func sequences(_ name: String, _ character: String, _ control: Bool, _ alt: Bool, _ shift: Bool)
        -> [String]
    {
        switch (name, control, alt, shift) {
        case (_, false, false, false): name == "Backspace" ? [character, "\u{8}"] : [character]
        case ("Tab", false, false, true): ["\u{1B}[Z"]
        case ("Spacebar", true, false, false): ["\u{0}"]
        case ("Backspace", true, false, false): ["\u{8}"]
        case (_, false, true, false): ["\u{1B}" + character]
        default: []
        }
    }
}
