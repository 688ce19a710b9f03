import FerryEngine

/// Counts objects, sums and averages numbers, counts lines, words and characters of text.
struct MeasureObject: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let property = Parameter<[Value]>("Property", position: 0)
    static let sum = Parameter<Bool>.switch("Sum")
    static let average = Parameter<Bool>.switch("Average")
    static let maximum = Parameter<Bool>.switch("Maximum")
    static let minimum = Parameter<Bool>.switch("Minimum")
    static let deviation = Parameter<Bool>.switch("StandardDeviation")
    static let allStats = Parameter<Bool>.switch("AllStats")
    static let line = Parameter<Bool>.switch("Line")
    static let word = Parameter<Bool>.switch("Word")
    static let character = Parameter<Bool>.switch("Character")
    static let ignoreWhiteSpace = Parameter<Bool>.switch("IgnoreWhiteSpace")

    static let signature = Signature(
        "Measure-Object", typeName: "Microsoft.PowerShell.Commands.MeasureObjectCommand", defaultSet: "GenericMeasure",
        parameters: [input, property],
        sets: [
            ParameterSet("GenericMeasure", [sum, average, maximum, minimum, deviation, allStats]),
            ParameterSet("TextMeasure", [line, word, character, ignoreWhiteSpace]),
        ])

    private struct Statistics {
        var name: String?
        var count = 0
        var sum = 0.0
        /// Running mean and sum of squared differences from it.
        var mean = 0.0
        var squares = 0.0
        var numbers = 0
        var maximum: Value?
        var minimum: Value?
        var lines = 0
        var words = 0
        var characters = 0

        mutating func add(_ number: Double) {
            numbers += 1
            sum += number
            let difference = number - mean
            mean += difference / Double(numbers)
            squares += difference * (number - mean)
        }
    }

    /// What of a value goes into the figures, read once.
    private struct Wanted {
        var isText = false
        var sums = false
        var maximum = false
        var minimum = false
        var ofProperties = false
        /// The objects themselves are added up, and nothing else.
        var isOnlySum = false
    }

    private var wanted = Wanted()
    /// Of the objects themselves.
    private var whole = Statistics()
    /// Of their properties, and where each one's is.
    private var statistics: [Statistics] = []
    private var order: [String: Int] = [:]
    private var hadInput = false

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        let all = call[Self.allStats]
        wanted.isText = call.parameterSet == "TextMeasure"
        wanted.sums = all || call[Self.sum] || call[Self.average] || call[Self.deviation]
        wanted.maximum = all || call[Self.maximum]
        wanted.minimum = all || call[Self.minimum]
        wanted.ofProperties = call.isBound(Self.property)
        wanted.isOnlySum =
            wanted.sums && !wanted.isText && !wanted.maximum && !wanted.minimum && !wanted.ofProperties
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call.expectsInput ? call.input : call[Self.input]
        if wanted.isOnlySum, case .number(let number) = item {
            whole.count += 1
            return whole.add(number.asDouble)
        }
        guard !item.isNull else { return }
        hadInput = true
        guard wanted.ofProperties else { return try Self.measure(item, &whole, wanted, call, io) }
        for column in try io.columns(call[Self.property], of: item) {
            if case .property(let name) = column.expression, try io.property(name, of: item) == nil { continue }
            let value = try io.read(column, of: item)
            if !value.isNull { try Self.measure(value, &statistics[place(of: column.label)], wanted, call, io) }
        }
    }

    private static func measure(
        _ value: Value, _ figures: inout Statistics, _ wanted: Wanted, _ call: Call, _ io: CommandIO
    ) throws(Stop) {
        figures.count += 1
        if wanted.isText {
            let text = value.display
            // A last line may end as the others do.
            figures.lines += text.utf8.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
            if let last = text.utf8.last, last != 0x0A { figures.lines += 1 }
            figures.words += text.split(whereSeparator: \.isWhitespace).count
            figures.characters +=
                call[Self.ignoreWhiteSpace] ? text.filter { !$0.isWhitespace }.length : text.length
            return
        }
        try measureValue(value, &figures, wanted, io)
    }

    /// Where the figures of a property are kept.
    private mutating func place(of name: String) -> Int {
        let key = name.folded
        if let known = order[key] { return known }
        order[key] = statistics.count
        statistics.append(Statistics(name: name))
        return statistics.count - 1
    }

    private static func measureValue(
        _ value: Value, _ figures: inout Statistics, _ wanted: Wanted, _ io: CommandIO
    ) throws(Stop) {
        if wanted.sums {
            guard let number = number(value) else {
                return try io.report(
                    "NonNumericInputObject", .invalidType, "Input object \"\(value.display)\" is not numeric.",
                    target: value, exception: "System.Management.Automation.PSInvalidCastException")
            }
            figures.add(number)
        }
        guard wanted.maximum || wanted.minimum else { return }
        let comparable = number(value).map { Value.double($0) } ?? value
        if wanted.maximum {
            if figures.maximum.map({ Comparison.sortOrder(comparable, $0) > 0 }) ?? true {
                figures.maximum = comparable
            }
        }
        if wanted.minimum {
            if figures.minimum.map({ Comparison.sortOrder(comparable, $0) < 0 }) ?? true {
                figures.minimum = comparable
            }
        }
    }

    private static func number(_ value: Value) -> Double? {
        // Nearly always: nothing to unwrap.
        if case .number(let number) = value { return number.asDouble }
        switch value.plain {
        case .number(let number): return number.asDouble
        case .string(let text):
            guard case .number(let number)? = Conversion.attempt(.string(text), to: .double), !text.isEmpty else {
                return nil
            }
            return number.asDouble
        case .bool, .char:
            guard case .number(let number)? = Conversion.attempt(value, to: .double) else { return nil }
            return number.asDouble
        default: return nil
        }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard wanted.ofProperties else { return try emit(whole, call, io) }
        if statistics.isEmpty {
            // Nothing is measured, and only strict mode says so.
            guard hadInput, io.strictMode >= 2 else { return }
            for argument in call[Self.property] where argument.asScriptBlock == nil {
                try io.report(
                    "GenericMeasurePropertyNotFound", .invalidArgument,
                    "The property \"\(argument.display)\" cannot be found in the input for any objects.",
                    exception: "System.Management.Automation.PSArgumentException")
            }
            return
        }
        for item in statistics { try emit(item, call, io) }
    }

    private func emit(_ item: Statistics, _ call: Call, _ io: CommandIO) throws(Stop) {
        try io.emit(wanted.isText ? text(item, call) : generic(item, call))
    }

    private func text(_ item: Statistics, _ call: Call) -> Value {
        func shown(_ wanted: Bool, _ count: Int) -> Value { wanted ? .count(count) : .null }
        return .object(
            CustomObject(
                [
                    ("Lines", shown(call[Self.line], item.lines)), ("Words", shown(call[Self.word], item.words)),
                    ("Characters", shown(call[Self.character], item.characters)), ("Property", .optional(item.name)),
                ], type: .textMeasure))
    }

    private func generic(_ item: Statistics, _ call: Call) -> Value {
        let all = call[Self.allStats]
        let average = item.numbers == 0 ? 0 : item.sum / Double(item.numbers)
        let isNumeric = [item.maximum, item.minimum].allSatisfy { $0.map { Self.number($0) != nil } ?? true }
        let deviation = item.numbers < 2 ? 0 : (item.squares / Double(item.numbers - 1)).squareRoot()
        return .object(
            CustomObject(
                [
                    ("Count", .count(item.count)), ("Average", all || call[Self.average] ? .double(average) : .null),
                    ("Sum", all || call[Self.sum] ? .double(item.sum) : .null), ("Maximum", item.maximum ?? .null),
                    ("Minimum", item.minimum ?? .null),
                    ("StandardDeviation", all || call[Self.deviation] ? .double(deviation) : .null),
                    ("Property", .optional(item.name)),
                ], type: isNumeric ? .genericMeasure : .objectMeasure))
    }
}
