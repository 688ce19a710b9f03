/// Where objects go: the next command, a variable, the terminal. Override `write`.
package class Sink {
    package init() {}
    package func write(_ value: Value) throws(Stop) {}
    /// The output device itself: a native command may write to it directly.
    var isTerminal: Bool { false }
}

/// Keeps everything.
package final class CollectingSink: Sink {
    package private(set) var values: [Value] = []
    package override init() {}
    package override func write(_ value: Value) throws(Stop) { values.append(value) }

    /// What a statement's output is as a value: nothing, the one object, or an array.
    package var result: Value {
        switch values.count {
        case 0: .nothing
        case 1: values[0]
        default: .array(values)
        }
    }

    func clear() { values.removeAll(keepingCapacity: true) }
}

/// Throws everything away.
package final class NullSink: Sink {
    static func make() -> NullSink { NullSink() }
}

/// A running command's own output: counts for `-OutVariable` too.
package final class EmittingSink: Sink {
    private unowned let io: CommandIO
    init(_ io: CommandIO) { self.io = io }
    package override func write(_ value: Value) throws(Stop) { try io.emit(value) }
}

/// The input of a pipeline's stage.
package final class StageSink: Sink {
    private let stage: Stage
    init(_ stage: Stage) { self.stage = stage }
    package override func write(_ value: Value) throws(Stop) { try stage.process(value) }
}

/// Calls a closure.
package final class ClosureSink: Sink {
    private let body: (Value) throws(Stop) -> Void
    package init(_ body: @escaping (Value) throws(Stop) -> Void) { self.body = body }
    package override func write(_ value: Value) throws(Stop) { try body(value) }
}

/// Where the message streams go; `nil` is the host, as preferences say.
package struct Streams {
    var error: Sink?
    var warning: Sink?
    var verbose: Sink?
    var debug: Sink?
    var information: Sink?

    package init() {}

    func writeError(_ record: ErrorRecord, _ runspace: Runspace) throws(Stop) {
        if let error { try error.write(.object(record)) } else { runspace.showError(record) }
    }
}

/// `-OutVariable` and its kin: a list in a variable of the caller.
final class VariableCollector {
    private let list: ListObject

    /// `name`, or `+name` to append to what is there.
    init(_ specification: String, _ frame: Frame) throws(Stop) {
        let appends = specification.hasPrefix("+")
        let symbol = Symbol(appends ? String(specification.dropFirst()) : specification)
        if appends, case .list(let existing)? = frame.scope.value(of: symbol) {
            list = existing
        } else {
            list = ListObject(kind: .arrayList)
            if appends, let existing = frame.scope.value(of: symbol), !existing.isNull {
                list.elements = existing.elements ?? [existing]
            }
            try frame.scope.set(symbol, to: .list(list), frame.runspace)
        }
    }

    func append(_ value: Value) throws(Stop) { list.elements.append(value) }
}

struct Collectors {
    var output: VariableCollector?
    var error: VariableCollector?
    var warning: VariableCollector?
    var information: VariableCollector?
}
