import FerryEngine

/// A random number, or random elements of a collection.
struct GetRandom: Cmdlet {
    static let input = Parameter<[Value]>("InputObject", position: 0, mandatory: true, pipeline: .byValue)
    static let maximum = Parameter<Value>("Maximum", position: 0)
    static let minimum = Parameter<Value>("Minimum")
    static let count = Parameter<Int>("Count", validate: [.range(1, 2_147_483_647)])
    static let shuffle = Parameter<Bool>.switch("Shuffle")
    static let seed = Parameter<Int?>("SetSeed")

    static let signature = Signature(
        "Get-Random", typeName: "Microsoft.PowerShell.Commands.GetRandomCommand",
        defaultSet: "RandomNumberParameterSet",
        outputs: [.int32, .int64, .double], parameters: [seed], sets: sets)

    /// `Get-SecureRandom` has the same.
    static var sets: [ParameterSet] {
        [
            ParameterSet("RandomNumberParameterSet", [maximum, minimum, count]),
            ParameterSet("RandomListItemParameterSet", [input, count]),
            ParameterSet("ShuffleParameterSet", [input, shuffle.mandatory()]),
        ]
    }

    private var items: [Value] = []

    init() {}

    /// Numbers after a seed, the same on every run: xorshift.
    struct Generator: RandomNumberGenerator {
        private var state: UInt64
        private var system = SystemRandomNumberGenerator()
        private let isSeeded: Bool

        init(_ seed: Int?) {
            isSeeded = seed != nil
            state = UInt64(bitPattern: Int64(seed ?? 0)) &* 0x9E37_79B9_7F4A_7C15 | 1
        }

        mutating func next() -> UInt64 {
            guard isSeeded else { return system.next() }
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.parameterSet != "RandomNumberParameterSet" { items += call[Self.input] }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let kept = SeededRandom.of(io.runspace)
        if let seed = call[Self.seed] { kept.generator = Generator(seed) }
        var generator = kept.generator
        defer { kept.generator = generator }
        try Self.emit(items, call, io, &generator)
    }

    /// Numbers, or elements of `items`, as the call wants them.
    static func emit(_ items: [Value], _ call: Call, _ io: CommandIO, _ generator: inout Generator) throws(Stop) {
        // What comes through a pipeline is what is chosen from, even if nothing comes.
        let isFed = call.invocation.expectsInput && !call.isBound(maximum) && !call.isBound(minimum)
        if call.parameterSet == "RandomNumberParameterSet", !isFed {
            for _ in 0..<(call.isBound(Self.count) ? call[Self.count] : 1) {
                try io.emit(try number(call, io, &generator))
            }
            return
        }
        let shuffled = items.shuffled(using: &generator)
        let count = call[Self.shuffle] ? shuffled.count : call.isBound(Self.count) ? call[Self.count] : 1
        try io.emit(contentsOf: shuffled.prefix(count))
    }

    /// Two whole bounds give a whole number, of 64 bits when one of them is; anything else a real one. A string is the number it
    /// spells.
    private static func number(_ call: Call, _ io: CommandIO, _ generator: inout Generator) throws(Stop) -> Value {
        let low = try bound(Self.minimum, call, io)
        let high = try bound(Self.maximum, call, io)
        let tooSmall = io.failing(
            "MinGreaterThanOrEqualMax", .invalidArgument,
            "The Minimum value (\(low?.text ?? "0")) cannot be greater than or equal to the Maximum value (\(high?.text ?? "")).",
            exception: "System.ArgumentException")
        let kinds = [low, high].compactMap { $0?.kind }
        if kinds.allSatisfy({ $0 == .int || $0 == .long }) {
            let isLong = kinds.contains(.long)
            let from = low?.asInt64 ?? 0
            let to = high?.asInt64 ?? (isLong ? Int64.max : Int64(Int32.max))
            guard from < to else { throw tooSmall }
            let drawn = Int64.random(in: from..<to, using: &generator)
            guard !isLong, let short = Int32(exactly: drawn) else { return .long(drawn) }
            return .int(short)
        }
        let from = low?.asDouble ?? 0
        let to = high?.asDouble ?? Double.greatestFiniteMagnitude
        guard from < to else { throw tooSmall }
        // The distance of the two may be more than a double holds.
        let share = Double.random(in: 0..<1, using: &generator)
        return .double(min(from * (1 - share) + to * share, to.nextDown))
    }

    private static func bound(_ key: Parameter<Value>, _ call: Call, _ io: CommandIO) throws(Stop) -> Number? {
        guard call.isBound(key), !call[key].isNull else { return nil }
        var value = call[key]
        if case .string(let text) = value {
            value = NumberText.literal(text).map { .number($0) } ?? value
        }
        guard case .number(let number) = value else {
            throw io.failing(
                "ConvertNumberError", .invalidArgument, "The value \(value.display) is not a number.", target: value,
                exception: "System.ArgumentException")
        }
        return number
    }
}
