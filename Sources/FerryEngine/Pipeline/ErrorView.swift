package import FerryLanguage

/// Error records as text: ConciseView in both its shapes, and the older views.
package enum ErrorView {
    private static let reset = StyleTable.reset

    /// `$ErrorView`
    static let enumType = EnumType(
        "System.Management.Automation.ErrorView", ["NormalView", "CategoryView", "ConciseView", "DetailedView"])

    /// As `$ErrorView` says; colours where the host allows them.
    package static func text(_ record: ErrorRecord, _ runspace: Runspace) -> String {
        let colors: StyleTable? = runspace.allowsColor ? runspace.style : nil
        switch runspace.globalFrame.scope.value(of: Symbol("ErrorView"))?.display.folded {
        case "normalview": return colored(normal(record), colors)
        case "categoryview": return colored(CategoryInfo(record).text, colors)
        default: return concise(record, width: runspace.host.width, colors: colors)
        }
    }

    private static func colored(_ text: String, _ colors: StyleTable?) -> String {
        colors.map { $0.error + text + reset } ?? text
    }

    /// `Get-VM: message` for what was typed; position, source line and underline for what stands in a script or function.
    package static func concise(_ record: ErrorRecord, width: Int, colors: StyleTable?) -> String {
        // A line of a program's error output is shown as it came.
        if ["NativeCommandError", "NativeCommandErrorMessage"].contains(record.errorID) {
            return colored(record.message, colors)
        }
        let position = record.position ?? record.invocation?.range
        let text =
            if let position, showsPosition(record, position) {
                positioned(record, position, width: width, colors: colors)
            } else {
                colored(label(record) + message(record), colors)
            }
        guard let action = record.recommendedAction, action.contains(where: { !$0.isWhitespace }) else { return text }
        return text + "\n" + colored("  Recommendation: " + action, colors)
    }

    /// Text typed as one line needs no position; scripts, functions and parse errors do.
    private static func showsPosition(_ record: ErrorRecord, _ position: SourceRange) -> Bool {
        if record.isParseError { return true }
        if let path = position.source.path { return !path.lowercased().hasSuffix(".psm1") }
        return position.startPosition.line > 1
    }

    private static func message(_ record: ErrorRecord) -> String {
        let text = record.shownMessage.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n")
        return record.origin.map { "[\($0)] \(text)" } ?? text
    }

    /// The reason's name in front of the message, with its colon.
    private static func label(_ record: ErrorRecord) -> String {
        let name = reason(record)
        return name.isEmpty ? "" : name + ": "
    }

    private static func reason(_ record: ErrorRecord) -> String {
        if record.isThrown { return "Exception" }
        if record.isParseError { return "ParserError" }
        if let invocation = record.invocation, !invocation.commandName.isEmpty { return invocation.commandName }
        if !record.activity.isEmpty { return record.activity }
        if let invocation = record.invocation, !invocation.invocationName.isEmpty,
            !["&", "."].contains(invocation.invocationName)
        {
            return invocation.invocationName
        }
        if case .string = record.target, record.errorID == "CommandNotFoundException" { return record.target.display }
        return record.category == .notSpecified ? CategoryInfo(record).reason : record.category.rawValue
    }

    private static func positioned(_ record: ErrorRecord, _ position: SourceRange, width: Int, colors: StyleTable?)
        -> String
    {
        let start = position.startPosition
        let line = position.startLine
        let path = position.source.path
        var text = ""
        let head = reason(record)
        text += head.isEmpty ? "" : head + ": "
        if let path {
            text = colored(text, colors)
            text += "\(path):\(start.line)\n"
        } else {
            text = colored(text, colors) + "\n"
        }
        let number = String(start.line)
        let gutter = max(4, number.count)
        let bar = colors?.errorAccent ?? ""
        let red = colors?.error ?? ""
        let end = colors == nil ? "" : reset
        text += bar + "Line " + String(repeating: " ", count: max(0, gutter - 4)) + "|" + end + "\n"
        // The offending part within its first line, in UTF-16 columns.
        let units = line.units
        let from = min(max(0, start.column - 1), units.count)
        let last = position.endPosition
        let to = last.line == start.line ? min(max(from, last.column - 1), units.count) : units.count
        let before = String(units: units[..<from])
        let part = String(units: units[from..<to])
        let after = String(units: units[to...])
        let padding = String(repeating: " ", count: gutter - number.count)
        text += "\(bar)\(padding)\(number) | \(end) \(before)\(bar)\(part)\(end)\(after)\n"
        let blank = String(repeating: " ", count: gutter + 1)
        let underline = String(repeating: "~", count: max(1, to - from))
        let indent = String(units: units[..<from].map { $0 == 9 ? 9 : 32 })
        text += "\(bar)\(blank)|\(end) \(red) \(indent)\(underline)\(end)\n"
        let room = max(20, width - gutter - 3)
        // In scripts the message is one paragraph, broken where the screen ends.
        let message =
            path == nil && !record.isParseError
            ? record.shownMessage
            : record.shownMessage.split(omittingEmptySubsequences: false) { $0.isNewline || $0 == "\t" }.joined(
                separator: " ")
        let lines =
            path == nil && !record.isParseError
            ? message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) : wrapped(message, room)
        text += lines.map { "\(bar)\(blank)|\(end) \(red)\($0)\(end)" }.joined(separator: "\n")
        return text
    }

    private static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var current = ""
            for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
                if !current.isEmpty, current.count + word.count + 1 > width {
                    lines.append(current)
                    current = String(word)
                } else {
                    current = current.isEmpty ? String(word) : current + " " + word
                }
            }
            lines.append(current)
        }
        return lines
    }

    /// `At /path/x.ps1:3 char:5` with the line and its underline: `InvocationInfo.PositionMessage`. Tabs are four blanks; of a
    /// line too long for a screen of 80 columns only the part around the place is left.
    package static func positionMessage(_ position: SourceRange) -> String {
        let start = position.startPosition
        let head = "At \(position.source.path ?? "line"):\(start.line) char:\(start.column)\n+ "
        var line = position.startLine.units
        while let last = line.last, last == 32 || last == 9 || last == 13 { line.removeLast() }
        guard !line.isEmpty else { return head }
        let end = position.endPosition
        var from = max(0, start.column - 1)
        var length = max(0, end.line == start.line ? end.column - start.column : line.count - from)
        if line.contains(9) {
            func expanded(_ part: ArraySlice<UInt16>) -> [UInt16] {
                part.flatMap { $0 == 9 ? [32, 32, 32, 32] : [$0] }
            }
            let (left, right) = (min(from, line.count), min(from + length, line.count))
            let parts = (expanded(line[..<left]), expanded(line[left..<right]), expanded(line[right...]))
            (from, length) = (parts.0.count, parts.1.count)
            line = parts.0 + parts.1 + parts.2
        }
        var (isCutBefore, isCutAfter) = (false, false)
        let room = 69
        if line.count > room {
            let before = min(from, line.count)
            var kept = min(before, 12)
            let after = max(0, line.count - length - before)
            var following = min(after, 8)
            if kept + length + following >= room {
                isCutAfter = true
            } else {
                kept += min(before - kept, room - kept - length - following)
                following += min(after, room - kept - length - following)
                isCutAfter = following < after
            }
            isCutBefore = kept < before
            line = Array(line[(before - kept)...].prefix(room))
            from = kept
            length = min(length, room - from)
        }
        let text = (isCutBefore ? "\u{2026} " : "") + String(units: line[...]) + (isCutAfter ? " \u{2026}" : "")
        let indent = String(repeating: " ", count: from + (isCutBefore ? 2 : 0))
        return head + text + "\n+ " + indent + String(repeating: "~", count: max(1, length))
    }

    private static func normal(_ record: ErrorRecord) -> String {
        var text = label(record) + record.message
        if let position = record.position ?? record.invocation?.range { text += "\n" + positionMessage(position) }
        return text + "\n    + CategoryInfo          : \(CategoryInfo(record).text)\n    + FullyQualifiedErrorId : "
            + record.fullyQualifiedErrorID
    }
}
