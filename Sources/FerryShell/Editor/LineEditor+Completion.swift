import CEditline
import FerryEngine
import Glibc

/// Tab, Shift-Tab and Ctrl-Space.
extension LineEditor {
    enum CompletionKey { case next, previous, list }

    private static let listLimit = 200

    /// Tab puts in the first candidate, again the next one; Ctrl-Space shows all and puts in what they have in common.
    func complete(_ key: CompletionKey) -> UInt8 {
        let (text, cursor) = line
        if key != .list, var cycle, cycle.text == text, cycle.cursor == cursor {
            let count = cycle.completion.candidates.count
            cycle.index = (cycle.index + (key == .next ? 1 : count - 1)) % count
            return put(cycle)
        }
        cycle = nil
        let before = String(String.UnicodeScalarView(text[..<cursor]))
        let whole = String(String.UnicodeScalarView(text))
        guard let found = completer?(whole, before.utf8.count), !found.candidates.isEmpty else {
            return UInt8(CC_ERROR)
        }
        guard found.start >= 0, found.count >= 0, found.start + found.count <= text.count else {
            return UInt8(CC_ERROR)
        }
        if key == .list, found.candidates.count > 1 {
            list(found.candidates, text)
            let common = Self.commonBeginning(found.candidates.map(\.text))
            if common.unicodeScalars.count > found.count {
                replace(start: found.start, count: found.count, by: common)
            }
            return UInt8(CC_REDISPLAY)
        }
        return put(
            CompletionCycle(
                completion: found, index: key == .previous ? found.candidates.count - 1 : 0, count: found.count,
                text: text, cursor: cursor))
    }

    private func put(_ cycle: CompletionCycle) -> UInt8 {
        var cycle = cycle
        let candidate = cycle.completion.candidates[cycle.index].text
        replace(start: cycle.completion.start, count: cycle.count, by: candidate)
        cycle.count = candidate.unicodeScalars.count
        (cycle.text, cycle.cursor) = line
        self.cycle = cycle.completion.candidates.count > 1 ? cycle : nil
        return UInt8(CC_REFRESH)
    }

    /// In columns under the line, which is drawn again under them.
    private func list(_ candidates: [LineCompletion.Candidate], _ text: [Unicode.Scalar]) {
        let shown = candidates.prefix(Self.listLimit).map(\.shown)
        let screen = terminalWidth
        let widest = min((shown.map(\.columns).max() ?? 1) + 2, screen)
        let perLine = max(1, screen / max(1, widest))
        let lineCount = (shown.count + perLine - 1) / perLine
        var output = "\n"
        for row in 0..<lineCount {
            var line = ""
            for column in 0..<perLine where column * lineCount + row < shown.count {
                let name = shown[column * lineCount + row]
                line += name + String(repeating: " ", count: max(0, widest - name.columns))
            }
            while line.hasSuffix(" ") { line.removeLast() }
            output += line + "\n"
        }
        if candidates.count > Self.listLimit { output += "… and \(candidates.count - Self.listLimit) more\n" }
        // libedit clears as many rows as its line had before it draws.
        output += String(repeating: "\n", count: rows(text))
        TerminalHost.send(output.replacing("\n", with: "\r\n"), to: STDOUT_FILENO)
    }

    private static func commonBeginning(_ texts: [String]) -> String {
        guard var common = texts.first.map(Array.init) else { return "" }
        for text in texts.dropFirst() {
            var count = 0
            for (left, right) in zip(common, text) {
                guard left.lowercased() == right.lowercased() else { break }
                count += 1
            }
            common = Array(common.prefix(count))
        }
        return String(common)
    }
}
