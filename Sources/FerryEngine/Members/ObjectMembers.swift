/// Methods of objects with identity: script blocks, errors, regular expressions, matches.
enum ObjectMembers {
    static func invoke(_ name: String, on object: Object, _ arguments: [Value], _ frame: Frame) throws(Stop) -> Value? {
        if let block = object as? ScriptBlock { return try invoke(name, on: block, arguments, frame) }
        if let regex = object as? RegexObject { return try invoke(name, on: regex.pattern, arguments, frame) }
        if let exception = object as? ExceptionObject, name.folded == "getbaseexception", arguments.isEmpty {
            var innermost = exception
            while let inner = innermost.inner { innermost = inner }
            return .object(innermost)
        }
        if let command = object as? PSCmdletObject { return try command.invoke(name, arguments) }
        if let counter = object as? Stopwatch { return counter.invoke(name) }
        if object is CustomObject, name.folded == "gettype" { return .type(.customObject) }
        return nil
    }

    private static func invoke(_ name: String, on block: ScriptBlock, _ arguments: [Value], _ frame: Frame) throws(Stop)
        -> Value?
    {
        switch name.folded {
        case "invoke":
            let sink = CollectingSink()
            try block.invoke(frame, arguments: arguments, newScope: true, output: sink)
            return .list(ListObject(sink.values, kind: .collection))
        case "invokereturnasis":
            let sink = CollectingSink()
            try block.invoke(frame, arguments: arguments, newScope: true, output: sink)
            return sink.result
        case "getnewclosure": return .object(block.closure(frame))
        default: return nil
        }
    }

    private static func invoke(_ name: String, on regex: RegexPattern, _ arguments: [Value], _ frame: Frame)
        throws(Stop) -> Value?
    {
        let text = arguments.first?.display ?? ""
        switch (name.folded, arguments.count) {
        case ("ismatch", 1): return .bool(regex.isMatch(text))
        case ("match", 1): return .object(MatchObject(regex.firstMatch(in: text)))
        case ("matches", 1): return .array(regex.matches(in: text).map { .object(MatchObject($0)) })
        case ("replace", 2):
            if let block = arguments[1].asScriptBlock {
                return .string(
                    try regex.replace(text) { match throws(Stop) in
                        try block.collect(
                            frame, item: .object(MatchObject(match)), arguments: [.object(MatchObject(match))]
                        )
                        .map(\.display).joined()
                    })
            }
            return .string(regex.replace(text, with: arguments[1].display))
        case ("split", 1): return .array(ArrayObject(regex.split(text).map { .string($0) }, of: .string))
        default: return nil
        }
    }
}

/// `value.PSObject`: `Properties`, `TypeNames`, `BaseObject`.
final class ObjectDescription: Object {
    private let value: Value
    private unowned let runspace: Runspace

    init(_ value: Value, _ runspace: Runspace) {
        self.value = value
        self.runspace = runspace
    }

    override var typeName: RuntimeType { .psObject }
    override var propertyNames: [String] { ["Members", "Properties", "Methods", "BaseObject", "TypeNames"] }

    override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "baseobject", "immediatebaseobject": return value
        case "typenames": return .list(ListObject(value.typeNames.map { .string($0) }, kind: .collection))
        case "properties", "members":
            var found: [Value] = []
            for name in Members.propertyNames(of: value) {
                let content = try Members.property(name, of: value, runspace) ?? .null
                found.append(
                    .object(
                        CustomObject(
                            [
                                (
                                    "MemberType",
                                    .string(value.asObject?.added?[name] == nil ? "Property" : "NoteProperty")
                                ),
                                ("Name", .string(name)), ("Value", content),
                                ("TypeNameOfValue", .string(content.typeName.fullName)),
                            ], typeNames: ["System.Management.Automation.PSPropertyInfo"])))
            }
            return .list(ListObject(found, kind: .collection))
        default: return nil
        }
    }
}

/// `[Diagnostics.Stopwatch]`.
final class Stopwatch: Object {
    private var started: ContinuousClock.Instant?
    private var gathered = Duration.zero

    static let type = RuntimeType("System.Diagnostics.Stopwatch")
    override var typeName: RuntimeType { Self.type }
    override var propertyNames: [String] { ["IsRunning", "Elapsed", "ElapsedMilliseconds", "ElapsedTicks"] }

    private var elapsed: TimeSpan { TimeSpan(gathered + (started.map { ContinuousClock.now - $0 } ?? .zero)) }

    override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "isrunning": .bool(started != nil)
        case "elapsed": .span(elapsed)
        case "elapsedmilliseconds": .long(elapsed.ticks / TimeSpan.ticksPerMillisecond)
        case "elapsedticks": .long(elapsed.ticks)
        default: nil
        }
    }

    func invoke(_ name: String) -> Value? {
        switch name.folded {
        case "start": if started == nil { started = .now }
        case "stop":
            gathered += started.map { ContinuousClock.now - $0 } ?? .zero
            started = nil
        case "reset":
            gathered = .zero
            started = nil
        case "restart":
            gathered = .zero
            started = .now
        default: return nil
        }
        return .nothing
    }
}
