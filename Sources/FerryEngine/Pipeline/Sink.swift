/// Where objects go: the next command, a variable, the terminal. Override `write`.
package class Sink {
    package init() {}
    package func write(_ value: Value) throws(Stop) {}
    /// The output device itself: a native command may write to it directly.
    var isTerminal: Bool { false }
}

/// Keeps everything.
package final class CollectingSink: Sink {
    /// The first object; most statements put out no second one, and need no array.
    private var first: Value?
    private var all: [Value] = []
    package override init() {}

    package var values: [Value] {
        if let first { [first] } else { all }
    }

    package override func write(_ value: Value) throws(Stop) {
        if let first {
            all.reserveCapacity(4)
            all.append(first)
            all.append(value)
            self.first = nil
        } else if all.isEmpty {
            first = value
        } else {
            all.append(value)
        }
    }

    /// Whether what is kept is true as a whole: as one value, or as an array.
    package var isTrue: Bool {
        if let first { return first.isTrue }
        return !all.isEmpty && Value.array(all).isTrue
    }

    /// What a statement's output is as a value: nothing, the one object, or an array.
    package var result: Value {
        if let first { return first }
        return all.isEmpty ? .nothing : .array(all)
    }

    package func clear() {
        first = nil
        all.removeAll(keepingCapacity: true)
    }
}

/// Throws everything away.
package final class NullSink: Sink {
    static func make() -> NullSink { NullSink() }
}

/// Calls a closure.
package final class ClosureSink: Sink {
    private let body: (Value) throws(Stop) -> Void
    package init(_ body: @escaping (Value) throws(Stop) -> Void) { self.body = body }
    package override func write(_ value: Value) throws(Stop) { try body(value) }
}

/// Where the message streams go; `nil` is the host, as preferences say.
package struct Streams {
    /// Every frame has streams and few redirect any: one reference is what a call copies.
    private final class Targets {
        var error: Sink?
        var silentError: Sink?
        var warning: Sink?
        var verbose: Sink?
        var debug: Sink?
        var information: Sink?
        var uncollected: Streams?
    }

    private var targets: Targets?

    package init() {}

    var error: Sink? {
        get { targets?.error }
        set {
            change {
                $0.error = newValue
                $0.uncollected?.error = newValue
            }
        }
    }
    /// Errors that a preference keeps off the error stream: `-ErrorVariable` of a function collects them all the same.
    var silentError: Sink? {
        get { targets?.silentError }
        set { change { $0.silentError = newValue } }
    }
    var warning: Sink? {
        get { targets?.warning }
        set {
            change {
                $0.warning = newValue
                $0.uncollected?.warning = newValue
            }
        }
    }
    var verbose: Sink? {
        get { targets?.verbose }
        set {
            change {
                $0.verbose = newValue
                $0.uncollected?.verbose = newValue
            }
        }
    }
    var debug: Sink? {
        get { targets?.debug }
        set {
            change {
                $0.debug = newValue
                $0.uncollected?.debug = newValue
            }
        }
    }
    var information: Sink? {
        get { targets?.information }
        set {
            change {
                $0.information = newValue
                $0.uncollected?.information = newValue
            }
        }
    }

    /// The same without the variables of the functions under way (`-ErrorVariable` and its kin), where they have any: these see
    /// what the last command of a pipeline writes, and not what those before it do.
    var uncollected: Streams? {
        get { targets?.uncollected }
        set { change { $0.uncollected = newValue } }
    }

    private mutating func change(_ body: (Targets) -> Void) {
        let copy = Targets()
        copy.error = error
        copy.silentError = silentError
        copy.warning = warning
        copy.verbose = verbose
        copy.debug = debug
        copy.information = information
        copy.uncollected = uncollected
        body(copy)
        targets = copy
    }

    package init(error: Sink?, warning: Sink?, verbose: Sink?, debug: Sink?, information: Sink?) {
        self.error = error
        self.warning = warning
        self.verbose = verbose
        self.debug = debug
        self.information = information
    }

    func writeError(_ record: ErrorRecord, _ runspace: Runspace) throws(Stop) {
        if let error { try error.write(.object(record)) } else { runspace.showError(record) }
    }
}

/// `-OutVariable` and its kin: a list in a variable of the caller.
final class VariableCollector {
    private let list: ListObject

    /// `name`, or `+name` to append to what is there; `script:name` and `global:name` are variables of those scopes.
    init(_ specification: String, _ frame: Frame) throws(Stop) {
        let appends = specification.hasPrefix("+")
        var name = appends ? String(specification.dropFirst()) : specification
        var scope = frame.scope
        if let colon = name.firstIndex(of: ":") {
            switch name[..<colon].lowercased() {
            case "global": scope = frame.scope.global
            case "script": scope = frame.scope.script
            default: break
            }
            name = String(name[name.index(after: colon)...])
        }
        let symbol = Symbol(name)
        if appends, case .list(let existing)? = scope.value(of: symbol) {
            list = existing
        } else {
            list = ListObject(kind: .arrayList)
            if appends, let existing = scope.value(of: symbol), !existing.isNull {
                list.elements = existing.elements ?? [existing]
            }
            try scope.set(symbol, to: .list(list), frame.runspace)
        }
    }

    func append(_ value: Value) throws(Stop) { list.elements.append(value) }
}

struct Collectors {
    var output: VariableCollector?
    /// `-PipelineVariable`: holds the last object the command put out, for the commands after it.
    var pipelineVariable: Symbol?
    var error: VariableCollector?
    var warning: VariableCollector?
    var information: VariableCollector?
}
