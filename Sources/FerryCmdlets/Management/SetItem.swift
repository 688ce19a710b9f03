import FerryEngine

/// Changes a variable, environment variable, alias or function by its path.
struct SetItem: Cmdlet {
    static let path = Parameter<[String]>("Path", position: 0, mandatory: true, pipeline: .byProperty)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let value = Parameter<Value>("Value", position: 1, pipeline: .byValueAndProperty)
    static let options = Parameter<String>("Options")
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")

    static let signature = Signature(
        "Set-Item", typeName: "Microsoft.PowerShell.Commands.SetItemCommand", shouldProcess: .medium,
        defaultSet: "Path", parameters: [value, force, passThru, options] + ItemFilter.parameters,
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let options = try io.variableOptions(call[Self.options], isGiven: call.isBound(Self.options))
        let filter = try ItemFilter(call, io)
        for text in call.parameterSet == "LiteralPath" ? call[Self.literalPath] : call[Self.path] {
            guard let path = try io.driveItemPath(text) else { continue }
            guard filter.fits(path.onDrive?.name ?? "") else { continue }
            let name = path.onDrive?.name ?? text
            guard try io.confirms("Set Item", "Item: \(name) Value: \(call[Self.value].display)") else { continue }
            do throws(Stop) {
                if let options, !call.isBound(Self.value) {
                    try io.setDriveItem(path, options: options, force: call[Self.force])
                } else {
                    try io.setDriveItem(path, call[Self.value], options: options, force: call[Self.force])
                }
            } catch {
                guard let record = error.record, record.category == .invalidArgument else { throw error }
                try io.report(record)
                continue
            }
            if call[Self.passThru] { try io.emit(contentsOf: io.driveItems(path)) }
        }
    }
}
