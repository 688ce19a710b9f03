import FerryEngine

/// The culture whose language the shell's texts have.
struct GetUICulture: Cmdlet {
    static let signature = Signature(
        "Get-UICulture", typeName: "Microsoft.PowerShell.Commands.GetUICultureCommand",
        outputs: [RuntimeType("System.Globalization.CultureInfo")])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try io.emit(CultureObject.current) }
}
