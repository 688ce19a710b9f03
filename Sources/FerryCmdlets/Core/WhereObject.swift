import FerryCore
import FerryEngine

/// Passes on the objects for which a script block, or a comparison of a property, is true.
struct WhereObject: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let filter = Parameter<ScriptBlock?>("FilterScript", position: 0, mandatory: true)
    static let property = Parameter<String>("Property", position: 0, mandatory: true, validate: [.notNullOrEmpty])
    static let value = Parameter<Value>("Value", position: 1)

    /// One parameter set an operator, as PowerShell has them: switch name and aliases.
    private static let operators: [(name: String, aliases: [String])] = [
        ("EQ", ["IEQ"]), ("CEQ", []), ("NE", ["INE"]), ("CNE", []), ("GT", ["IGT"]), ("CGT", []), ("LT", ["ILT"]),
        ("CLT", []), ("GE", ["IGE"]), ("CGE", []), ("LE", ["ILE"]), ("CLE", []), ("Like", ["ILike"]), ("CLike", []),
        ("NotLike", ["INotLike"]), ("CNotLike", []), ("Match", ["IMatch"]), ("CMatch", []), ("NotMatch", ["INotMatch"]),
        ("CNotMatch", []), ("Contains", ["IContains"]), ("CContains", []), ("NotContains", ["INotContains"]),
        ("CNotContains", []), ("In", ["IIn"]), ("CIn", []), ("NotIn", ["INotIn"]), ("CNotIn", []), ("Is", []),
        ("IsNot", []), ("Not", []),
    ]

    static let signature = Signature(
        "Where-Object", typeName: "Microsoft.PowerShell.Commands.WhereObjectCommand", defaultSet: "EqualSet",
        parameters: [input],
        sets: [ParameterSet("EqualSet", [property, value, Parameter<Bool>.switch("EQ", aliases: ["IEQ"])])]
            + [ParameterSet("ScriptBlockSet", [filter])]
            + operators.dropFirst().map { item in
                ParameterSet(
                    item.name + "Set",
                    [property, value, Parameter<Bool>.switch(item.name, aliases: item.aliases).mandatory()])
            })

    /// For the filter of a pipeline's objects.
    private var runner: BlockRunner?
    private let verdict = CollectingSink()

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard call.expectsInput, let block = call[Self.filter] else { return }
        runner = io.runner(of: block, into: verdict)
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if let runner, !runner.isRunning {
            try runner.runOnInput()
            let holds = verdict.isTrue
            verdict.clear()
            if holds { try io.emit(call.input) }
            return
        }
        let item = call[Self.input]
        if let block = call[Self.filter] {
            let output = try io.collect(block, item: item)
            let verdict: Value = output.count == 1 ? output[0] : .array(output)
            if verdict.isTrue { try io.emit(item) }
            return
        }
        let name = Self.operators.first { call.isBound($0.name) }?.name
        try Self.check(name, hasValue: call.isBound(Self.value), io)
        guard let found = try Self.read(call[Self.property], of: item, io) else { return }
        let holds: Bool
        do throws(Stop) { holds = try Self.holds(name, found, call[Self.value], io) } catch {
            guard let record = error.record else { throw error }
            return try io.report(
                "OperatorFailed", .invalidOperation, record.exception.message, target: item,
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        if holds { try io.emit(item) }
    }

    /// Every operator but `-Not` has a value on its right, and a value has an operator.
    private static func check(_ name: String?, hasValue: Bool, _ io: CommandIO) throws(Stop) {
        if let name, name != "Not", !hasValue {
            throw io.failing(
                "ValueNotSpecifiedForWhereObject", .invalidArgument,
                "The specified operator requires both the -Property and -Value parameters. Supply values for both "
                    + "parameters, and then try the command again.",
                exception: "System.Management.Automation.PSArgumentException")
        }
        if name == nil, hasValue {
            throw io.failing(
                "OperatorNotSpecified", .invalidArgument,
                "The comparison of -Property with -Value needs an operator, for example -EQ.",
                exception: "System.Management.Automation.PSArgumentException")
        }
    }

    /// The property's value, null when there is none; `nil` after a name with wildcards that fits several was reported.
    private static func read(_ name: String, of item: Value, _ io: CommandIO) throws(Stop) -> Value? {
        let names = io.propertyNames(name, of: item)
        guard names.count > 1 else {
            if let found = try io.property(names.first ?? name, of: item) { return found }
            guard io.strictMode >= 2 else { return .null }
            try io.report(
                "PropertyNotFound", .invalidArgument, "The input name \"\(name)\" cannot be resolved to a property.",
                target: item, exception: "System.Management.Automation.PSArgumentException")
            return nil
        }
        try io.report(
            "AmbiguousPropertyName", .invalidArgument,
            "Input name \"\(name)\" is ambiguous. It can be resolved to multiple matched members. Possible matches include: "
                + names.joined(separator: ", ") + ".", target: item,
            exception: "System.Management.Automation.PSArgumentException")
        return nil
    }

    /// Without an operator the property's own truth decides; with one, PowerShell's operator of that name.
    private static func holds(_ name: String?, _ found: Value, _ wanted: Value, _ io: CommandIO)
        throws(Stop) -> Bool
    {
        guard let name else { return found.isTrue }
        if name == "Not" { return !found.isTrue }
        if name == "Is" || name == "IsNot", wanted.isNull {
            return (found.isNull || found.standsForNull) == (name == "Is")
        }
        // A type comes as the word `[int]`.
        if name == "Is" || name == "IsNot", case .string(let text) = wanted {
            let word = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
            if let type = TypeCatalog.resolve(word) {
                return try io.binary(name.lowercased(), found, .type(type)).isTrue
            }
        }
        return try io.binary(name.lowercased(), found, wanted).isTrue
    }
}
