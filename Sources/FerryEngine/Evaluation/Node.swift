import FerryLanguage

typealias ScriptSyntax = FerryLanguage.ScriptBlock

/// How a statement ended.
enum Completion {
    case normal
    case breaking(String?)
    case continuing(String?)
    case returning
}

/// An expression, compiled: names are slots, operators are chosen.
class ExpressionNode {
    let range: SourceRange
    init(_ range: SourceRange) { self.range = range }

    func evaluate(_ frame: Frame) throws(Stop) -> Value { .nothing }

    /// The expression as a condition. Comparisons know without making a value of it.
    func holds(_ frame: Frame) throws(Stop) -> Bool { try evaluate(frame).isTrue }

    /// The expression as a statement or a pipeline's first stage: its value, enumerated.
    func emit(_ frame: Frame, _ output: Sink) throws(Stop) { try output.enumerate(try evaluate(frame)) }

    /// Whether a statement of just this expression has no output: `$i++`.
    var isSilent: Bool { false }
}

/// A statement, compiled.
class StatementNode {
    let range: SourceRange
    init(_ range: SourceRange) { self.range = range }

    func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion { .normal }

    /// The statement's output as a condition.
    func holds(_ frame: Frame) throws(Stop) -> Bool { try value(frame).isTrue }

    /// Runs the statement for its effects: `$null = …`.
    func discard(_ frame: Frame) throws(Stop) {
        switch try run(frame, frame.runspace.nowhere) {
        case .normal: return
        case .breaking(let label): throw .breaking(label: label)
        case .continuing(let label): throw .continuing(label: label)
        case .returning: throw .returning(CollectingSink())
        }
    }

    /// The statement's output as a value: `$x = if … { }`.
    func value(_ frame: Frame) throws(Stop) -> Value {
        let sink = CollectingSink()
        switch try run(frame, sink) {
        case .normal: return sink.result
        case .breaking(let label): throw .breaking(label: label)
        case .continuing(let label): throw .continuing(label: label)
        case .returning: throw .returning(sink)
        }
    }
}

extension Sink {
    /// Writes each element of a collection, anything else as it is, nothing for nothing.
    func enumerate(_ value: Value) throws(Stop) {
        switch value {
        case .nothing: return
        case .array(let array):
            for element in array.elements { try write(element.isNothing ? .null : element) }
        case .list(let list):
            for element in list.elements { try write(element) }
        case .object(let object):
            if let elements = object.enumerated {
                for element in elements { try write(element) }
            } else {
                try write(value)
            }
        default: try write(value)
        }
    }
}

extension Stop {
    /// The error with a position, unless it already has one.
    func located(_ range: SourceRange, _ frame: Frame) -> Stop {
        if case .error(let record) = self, record.position == nil {
            record.position = range
            if record.invocation == nil {
                record.invocation = Invocation(commandName: "", range: range, invocationName: "")
            }
            if record.scriptStackTrace.isEmpty {
                record.scriptStackTrace = frame.runspace.stackTrace(from: frame, at: range)
            }
        }
        return self
    }
}
