import FerryEngine
import Glibc

/// Standard input as lines: what scripts are given, and answers to questions where no line is edited.
///
/// Ctrl-C ends a wait for the next line. From a terminal no byte is taken beyond the line: what is typed next may be keys for
/// somebody else.
final class StandardInput {
    /// How a wait for a line ended.
    enum Outcome {
        /// With its newline, unless the input ended before it. Bytes that are no UTF-8 come as U+FFFD.
        case line(String)
        case endOfInput
        case interrupted
    }

    let isTerminal = isatty(STDIN_FILENO) == 1
    /// Read, and not yet given out from `position` on.
    private var bytes: [UInt8] = []
    private var position = 0

    /// The next line. Blocks.
    func line() -> Outcome {
        var searched = position
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) { return .line(take(through: end)) }
            searched = bytes.count
            guard KeyReader.waitForInput() else { return .interrupted }
            var piece = [UInt8](repeating: 0, count: isTerminal ? 1 : 64 << 10)
            // SAFETY: into an array of that size.
            let count =
                unsafe isTerminal ? KeyReader.read(&piece[0]) : Glibc.read(STDIN_FILENO, &piece, piece.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else {
                return position < bytes.count ? .line(take(through: bytes.count - 1)) : .endOfInput
            }
            searched -= position
            bytes.removeFirst(position)
            position = 0
            bytes += piece[..<count]
        }
    }

    /// The next line without its end; nil at the end of input.
    ///
    /// - Throws: `.interrupted` after Ctrl-C.
    func answer() throws(Stop) -> String? {
        switch line() {
        case .line(var line):
            // A carriage return and a newline are one character.
            if line.last == "\n" || line.last == "\r\n" { line.removeLast() }
            return line
        case .endOfInput: return nil
        case .interrupted:
            // The terminal has shown ^C behind the question.
            if isTerminal { TerminalHost.send("\n", to: STDOUT_FILENO) }
            throw .interrupted
        }
    }

    /// Everything that is left; after Ctrl-C nothing.
    func rest() -> String {
        var text = ""
        while true {
            switch line() {
            case .line(let line): text += line
            case .endOfInput: return text
            case .interrupted: return ""
            }
        }
    }

    private func take(through end: Int) -> String {
        defer { position = end + 1 }
        return String(decoding: bytes[position...end], as: UTF8.self)
    }
}
