import FerryEngine

/// The computer's time zone, or others of the database.
struct GetTimeZone: Cmdlet {
    static let id = Parameter<[String]>("Id", mandatory: true, pipeline: .byProperty)
    static let listAvailable = Parameter<Bool>.switch("ListAvailable")
    static let name = Parameter<[String]>("Name", position: 0, pipeline: .byValueAndProperty, wildcards: true)
    static let signature = Signature(
        "Get-TimeZone", typeName: "Microsoft.PowerShell.Commands.GetTimeZoneCommand", defaultSet: "Name",
        outputs: [RuntimeType("System.TimeZoneInfo")],
        sets: [
            ParameterSet("Id", [id]), ParameterSet("ListAvailable", [listAvailable.mandatory()]),
            ParameterSet("Name", [name]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        switch call.parameterSet {
        case "ListAvailable": try io.emit(contentsOf: TimeZoneObject.all.map(\.value))
        case "Id":
            for id in call[Self.id] {
                if let zone = TimeZoneObject.named(id) { try io.emit(zone.value) } else { try missing(id, io) }
            }
        default:
            if !call.isBound(Self.name) { return try io.emit(TimeZoneObject.local.value) }
            let all = TimeZoneObject.all
            for name in call[Self.name] {
                let pattern = WildcardPattern(name)
                let found = all.filter { pattern.matches($0.standardName) || pattern.matches($0.daylightName) }
                if found.isEmpty { try missing(name, io) }
                try io.emit(contentsOf: found.map(\.value))
            }
        }
    }

    private func missing(_ wanted: String, _ io: CommandIO) throws(Stop) {
        try io.report(
            "TimeZoneNotFound", .objectNotFound, "The time zone '\(wanted)' was not found on the local computer.",
            target: .string(wanted), exception: "System.TimeZoneNotFoundException")
    }
}
