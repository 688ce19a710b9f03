import FerryEngine

/// The culture of the shell, or others by name.
struct GetCulture: Cmdlet {
    static let noOverrides = Parameter<Bool>.switch("NoUserOverrides")
    static let name = Parameter<[String]>("Name", position: 0, mandatory: true, pipeline: .byValue)
        .allowing(.emptyString)
    static let list = Parameter<Bool>.switch("ListAvailable")

    static let signature = Signature(
        "Get-Culture", typeName: "Microsoft.PowerShell.Commands.GetCultureCommand", defaultSet: "CurrentCulture",
        outputs: [RuntimeType("System.Globalization.CultureInfo")],
        sets: [
            ParameterSet("CurrentCulture", [noOverrides]), ParameterSet("Name", [name, noOverrides]),
            ParameterSet("ListAvailable", [list.mandatory()]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        switch call.parameterSet {
        case "Name":
            for name in call[Self.name] {
                guard let culture = CultureObject(name) else {
                    throw io.failing(
                        "ParameterArgumentValidationError", .invalidData,
                        "Cannot validate argument on parameter 'Name'. Culture is not supported. (Parameter 'name')\n\(name) is "
                            + "an invalid culture identifier.", target: .string(name),
                        exception: "System.Management.Automation.ParameterBindingException")
                }
                try io.emit(.object(culture))
            }
        case "ListAvailable":
            for name in CultureObject.names {
                if let culture = CultureObject(name) { try io.emit(.object(culture)) }
            }
        default: try io.emit(CultureObject.current)
        }
    }
}
