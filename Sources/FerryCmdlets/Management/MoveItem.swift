import FerryEngine

/// Moves files and folders, or gives one another name.
struct MoveItem: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let destination = Parameter<String>("Destination", position: 1, pipeline: .byProperty)
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")

    static let signature = Signature(
        "Move-Item", typeName: "Microsoft.PowerShell.Commands.MoveItemCommand", shouldProcess: .medium,
        defaultSet: "Path",
        parameters: [destination, force, passThru] + ItemFilter.parameters,
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "LiteralPath"
        let filter = ItemFilter(call)
        let target = io.runspace.location.resolve(call.isBound(Self.destination) ? call[Self.destination] : ".")
        let paths = isLiteral ? call[Self.literalPath] : call[Self.path]
        for source in try io.files(paths, isLiteral: isLiteral) where filter.fits(source) {
            guard let item = FileItem(source) else { continue }
            let place = FileItem.isFolder(target) ? (target == "/" ? "" : target) + "/" + item.name : target
            guard
                try io.confirms(
                    item.isFolder ? "Move Directory" : "Move File", "Item: \(source) Destination: \(place)")
            else { continue }
            do throws(Stop) {
                if FileItem.exists(place), !call[Self.force] {
                    throw io.failing(
                        item.isFolder ? "MoveDirectoryItemIOError" : "MoveFileInfoItemIOError", .writeError,
                        "Cannot create a file when that file already exists.",
                        target: .string(source), exception: "System.IO.IOException")
                }
                try FileChange.move(source, to: place)
            } catch {
                guard let record = error.record else { throw error }
                try io.report(record)
                continue
            }
            if call[Self.passThru], let made = FileItem(place) { try io.emit(made.value) }
        }
    }
}
