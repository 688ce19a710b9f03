import FerryEngine

/// `Get-Random` from the system's own source: no seed, and nobody can tell the next number from those before.
struct GetSecureRandom: Cmdlet {
    static let signature = Signature(
        "Get-SecureRandom", typeName: "Microsoft.PowerShell.Commands.GetSecureRandomCommand",
        defaultSet: "RandomNumberParameterSet", outputs: [.int32, .int64, .double], sets: GetRandom.sets)

    private var items: [Value] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.parameterSet != "RandomNumberParameterSet" { items += call[GetRandom.input] }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        var generator = GetRandom.Generator(nil)
        try GetRandom.emit(items, call, io, &generator)
    }
}
