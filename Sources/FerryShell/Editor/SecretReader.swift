import FerryEngine
import Glibc

/// Reads keys one at a time from a terminal that shows nothing of them by itself.
enum SecretReader {
    /// A line, each character shown as `*`; nil at the end of input.
    ///
    /// - Throws: `.interrupted` after Ctrl-C.
    static func readLine(prompt: String) throws(Stop) -> String? {
        try TerminalKeys.withRawKeys { () throws(Stop) -> String? in
            // Nobody types before it shows, so nothing typed is echoed.
            TerminalHost.send(prompt, to: STDOUT_FILENO)
            var line: [Character] = []
            while true {
                switch KeyReader.next() {
                case .character("\r"), .character("\n"):
                    TerminalHost.send("\r\n", to: STDOUT_FILENO)
                    return String(line)
                case .character("\u{7F}"), .character("\u{8}"):
                    guard !line.isEmpty else { continue }
                    line.removeLast()
                    TerminalHost.send("\u{8} \u{8}", to: STDOUT_FILENO)
                case .character("\u{15}"):
                    TerminalHost.send(String(repeating: "\u{8} \u{8}", count: line.count), to: STDOUT_FILENO)
                    line = []
                case .character("\u{4}"):
                    guard line.isEmpty else { continue }
                    TerminalHost.send("\r\n", to: STDOUT_FILENO)
                    return nil
                case .character(let scalar):
                    guard scalar.value >= 0x20 else { continue }
                    line.append(Character(scalar))
                    TerminalHost.send("*", to: STDOUT_FILENO)
                case .endOfInput: return line.isEmpty ? nil : String(line)
                case .interrupted:
                    TerminalHost.send("\r\n", to: STDOUT_FILENO)
                    throw .interrupted
                }
            }
        }
    }

    /// One key; nil at the end of input.
    static func readKey(echoes: Bool) throws(Stop) -> Character? {
        try TerminalKeys.withRawKeys { () throws(Stop) -> Character? in
            switch KeyReader.next() {
            case .character(let scalar):
                if echoes, scalar.value >= 0x20 { TerminalHost.send(String(scalar), to: STDOUT_FILENO) }
                return Character(scalar)
            case .endOfInput: return nil
            case .interrupted: throw .interrupted
            }
        }
    }
}
