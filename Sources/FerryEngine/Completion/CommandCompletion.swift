/// What could stand at one place of a text: `System.Management.Automation.CommandCompletion`.
package struct CommandCompletion {
    package var matches: [CompletionResult]
    /// The part of the text that a match replaces, in UTF-8 bytes.
    package var start: Int
    package var count: Int

    package init(matches: [CompletionResult], start: Int, count: Int) {
        self.matches = matches
        self.start = start
        self.count = count
    }
}

/// A completion as scripts see it; places count UTF-16 units there.
package final class CommandCompletionObject: Object {
    private let completion: CommandCompletion
    private let line: [UInt8]
    /// The match that `GetNextResult` gave last; -1 before the first.
    private var current = -1

    package init(_ completion: CommandCompletion, of text: String) {
        self.completion = completion
        line = Array(text.utf8)
    }

    private static let type = RuntimeType("System.Management.Automation.CommandCompletion")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] {
        ["CurrentMatchIndex", "ReplacementIndex", "ReplacementLength", "CompletionMatches"]
    }

    private func units(_ start: Int, _ end: Int) -> Int {
        let (start, end) = (min(start, line.count), min(end, line.count))
        return String(decoding: line[start..<max(start, end)], as: UTF8.self).utf16.count
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "currentmatchindex": .int(Int32(clamping: current))
        case "replacementindex": .count(units(0, completion.start))
        case "replacementlength": .count(units(completion.start, completion.start + completion.count))
        case "completionmatches":
            .list(ListObject(completion.matches.map(\.value), kind: .collection))
        default: nil
        }
    }

    private func next(forward: Bool) -> Value {
        let count = completion.matches.count
        guard count > 0 else { return .null }
        current += forward ? 1 : -1
        if current >= count { current = 0 }
        if current < 0 { current = count - 1 }
        return completion.matches[current].value
    }

    /// `[CommandCompletion]::CompleteInput(text, cursor, options)`, which `TabExpansion2` calls.
    static let members = TypeMembers(type.fullName) {
        $0.staticMethod(
            "CompleteInput",
            "static System.Management.Automation.CommandCompletion CompleteInput(string input, int cursorIndex, hashtable options)",
            2...3
        ) { call throws(Stop) in
            let text = try call.string(0)
            let cursor = min(max(0, try call.int(1)), text.utf16.count)
            let before = String(units: Array(text.utf16.prefix(cursor)))
            let found = Completer(call.frame).complete(text, cursor: before.utf8.count)
            return .object(CommandCompletionObject(found, of: text))
        }
        $0.method(
            "GetNextResult", "System.Management.Automation.CompletionResult GetNextResult(bool forward)", 1...1
        ) { call throws(Stop) in
            (call.target.asObject as? CommandCompletionObject)?.next(forward: try call.bool(0)) ?? .null
        }
    }
}
