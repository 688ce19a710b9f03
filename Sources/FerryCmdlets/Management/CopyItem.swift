import FerryEngine

/// Copies files and folders, here or through the session on another host.
struct CopyItem: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let destination = Parameter<String>("Destination", position: 1, pipeline: .byProperty)
    static let recurse = Parameter<Bool>.switch("Recurse")
    static let container = Parameter<Bool>.switch("Container")
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let fromSession = Parameter<Value>(
        "FromSession", validate: [.notNullOrEmpty], type: SessionObject.type)
    static let toSession = Parameter<Value>("ToSession", validate: [.notNullOrEmpty], type: SessionObject.type)

    static let signature = Signature(
        "Copy-Item", typeName: "Microsoft.PowerShell.Commands.CopyItemCommand", shouldProcess: .medium,
        defaultSet: "Path",
        parameters: [destination, recurse, container, force, passThru, fromSession, toSession]
            + ItemFilter.parameters,
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "LiteralPath"
        let paths = isLiteral ? call[Self.literalPath] : call[Self.path]
        if call.isBound(Self.fromSession) || call.isBound(Self.toSession) {
            return try SessionCopy.run(call, paths, isLiteral: isLiteral, io)
        }
        let filter = ItemFilter(call)
        let target = io.runspace.location.resolve(call.isBound(Self.destination) ? call[Self.destination] : ".")
        for source in try io.files(paths, isLiteral: isLiteral, hidden: call[Self.force])
        where filter.fitsLists(source) {
            do throws(Stop) { try copy(source, to: target, filter.filter, call, io) } catch {
                guard let record = error.record else { throw error }
                try io.report(record)
            }
        }
    }

    private func copy(
        _ source: String, to target: String, _ filter: WildcardPattern?, _ call: Call, _ io: CommandIO
    ) throws(Stop) {
        guard let item = FileItem(source) else { return try io.reportMissing(source) }
        if !item.isFolder, let filter, !filter.matches(item.name) { return }
        if item.isFolder, call[Self.recurse], call.isBound(Self.container), !call[Self.container] {
            guard try io.confirms("Copy Directory", "Item: \(source) Destination: \(target)") else { return }
            return try FileChange.copyFiles(of: source, to: target, filter, force: call[Self.force])
        }
        let place = FileItem.isFolder(target) ? (target == "/" ? "" : target) + "/" + item.name : target
        if place == source || item.isFolder && place.hasPrefix(source + "/") {
            throw io.failing(
                "CopyError", .writeError, "Cannot overwrite the item \(source) with itself.", target: .string(source),
                exception: "System.IO.IOException")
        }
        let action = item.isFolder ? "Copy Directory" : "Copy File"
        guard try io.confirms(action, "Item: \(source) Destination: \(place)") else { return }
        if !item.isFolder {
            try FileChange.copyFile(source, to: place, force: call[Self.force])
        } else if call[Self.recurse] {
            try FileChange.copyTree(source, to: place, filter, force: call[Self.force])
        } else {
            try FileChange.makeFolder(place)
        }
        if call[Self.passThru], let made = FileItem(place) { try io.emit(made.value) }
    }
}
