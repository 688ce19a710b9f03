import FerryEngine

/// Makes the aliases that a file of `Export-Alias` has.
struct ImportAlias: Cmdlet {
    static let path = Parameter<String>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, validate: [.notNullOrEmpty])
    static let literalPath = Parameter<String>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let scope = Parameter<String>("Scope", validate: [.notNullOrEmpty])
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Import-Alias", typeName: "Microsoft.PowerShell.Commands.ImportAliasCommand", shouldProcess: .medium,
        defaultSet: "ByPath", parameters: [scope, passThru, force],
        sets: [ParameterSet("ByPath", [path]), ParameterSet("ByLiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.isBound(Self.literalPath)
        let path = try file(isLiteral ? call[Self.literalPath] : call[Self.path], isLiteral: isLiteral, io)
        let scope = try io.scope(named: call[Self.scope])
        for row in try rows(of: path, io) {
            let name = row[0]
            guard try io.confirms("Import Alias", "Name: \(name) Value: \(row[1])") else { continue }
            if !call[Self.force], let reason = try conflict(name, io) {
                try io.report(
                    "AliasAlreadyExists", .resourceExists, reason, target: .string(name),
                    exception: "System.Management.Automation.SessionStateException")
                continue
            }
            do throws(Stop) {
                try io.setAlias(
                    name, to: row[1], in: scope, options: try io.variableOptions(row[3], isGiven: true),
                    description: row[2], force: call[Self.force])
            } catch {
                guard let record = error.record else { throw error }
                try io.report(record)
                continue
            }
            if call[Self.passThru] { try io.emit(contentsOf: io.driveItems(.alias(name))) }
        }
    }

    /// What stands in the way of an alias of that name.
    private func conflict(_ name: String, _ io: CommandIO) throws(Stop) -> String? {
        if io.visibleAliases.contains(where: { $0.name.folded == name.folded }) {
            return "The alias is not allowed, because an alias with the name '\(name)' already exists."
        }
        let others = io.runspace.knownCommands(io.frame).filter { $0.commandType != .alias }
        guard let other = others.first(where: { $0.name.folded == name.folded }) else { return nil }
        return "The alias is not allowed, because a command with the name '\(name)' and command type "
            + "'\(other.commandType.rawValue)' already exists."
    }

    private func file(_ text: String, isLiteral: Bool, _ io: CommandIO) throws(Stop) -> String {
        let path = io.runspace.location.resolve(text)
        let wanted = io.runspace.location.pattern(text)
        guard !isLiteral, WildcardPattern.isPattern(wanted) else {
            guard FileItem.exists(path) else {
                throw io.failing(
                    "PathNotFound", .objectNotFound, "Cannot find path '\(path)' because it does not exist.",
                    target: .string(path), exception: "System.Management.Automation.ItemNotFoundException")
            }
            return path
        }
        let found = FileGlob.expand(wanted)
        guard found.count == 1 else {
            throw io.failing(
                "NotSupported", .notImplemented,
                "Cannot open the alias file because the path '\(text)' resolved to \(found.count) files.",
                target: .string(text), exception: "System.Management.Automation.PSNotSupportedException")
        }
        return found[0]
    }

    /// Name, command, description, options of each line; comments and empty lines are none.
    private func rows(of path: String, _ io: CommandIO) throws(Stop) -> [[String]] {
        let lines = CommandIO.lines(TextEncoding.text(of: try io.readBytes(path, id: "FileOpenFailure"), nil))
        var rows: [[String]] = []
        for (index, line) in lines.enumerated() where !line.trimmed.isEmpty && !line.hasPrefix("#") {
            let row = CSVText(delimiter: ",").rows(line).first ?? []
            guard row.count == 4 else {
                throw io.failing(
                    "ImportAliasFileFormatError", .readError,
                    "Cannot import an alias. Line number \(index + 1) in file '\(path)' is not a correctly-formatted, "
                        + "comma-separated-value (CSV) line for aliases. Change the line to contain four values separated "
                        + "by commas. If the value text itself contains a comma, then the value must be contained in "
                        + "quotation marks.", target: .string(path), exception: "System.FormatException")
            }
            rows.append(row)
        }
        return rows
    }
}
