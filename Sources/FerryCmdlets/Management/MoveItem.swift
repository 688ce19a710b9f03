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
        let filter = try ItemFilter(call, io)
        let target = io.runspace.location.resolve(call.isBound(Self.destination) ? call[Self.destination] : ".")
        let paths = isLiteral ? call[Self.literalPath] : call[Self.path]
        for source in try io.files(paths, isLiteral: isLiteral) where filter.fits(source) {
            guard let item = FileItem(source) else { continue }
            let place = FileItem.isFolder(target) ? (target == "/" ? "" : target) + "/" + item.name : target
            if target == source || place == source
                || item.isFolder && target.hasPrefix(source == "/" ? "/" : source + "/")
            {
                try io.report(
                    "MoveItemArgumentError", .invalidArgument,
                    "Destination path cannot be a subdirectory of the source or the source itself: \(target).",
                    target: .string(source), exception: "System.Management.Automation.PSArgumentException")
                continue
            }
            guard
                try io.confirms(
                    item.isFolder ? "Move Directory" : "Move File", "Item: \(source) Destination: \(place)")
            else { continue }
            do throws(Stop) {
                let id = item.isFolder ? "MoveDirectoryItemIOError" : "MoveFileInfoItemIOError"
                if FileItem.exists(place), item.isFolder || !call[Self.force] {
                    throw io.failing(
                        item.isFolder ? "DirectoryExist" : id, item.isFolder ? .resourceExists : .writeError,
                        item.isFolder
                            ? "An item with the specified name \(place) already exists."
                            : "Cannot create a file when that file already exists.",
                        target: .string(source), exception: "System.IO.IOException")
                }
                let folder = place.lastIndex(of: "/").map { String(place[..<$0]) } ?? ""
                // `nodir/` is a folder that is not there, not a name for the file.
                let isFolderName = call[Self.destination].hasSuffix("/") && !item.isFolder && place == target
                guard folder.isEmpty || FileItem.isFolder(folder), !isFolderName else {
                    throw io.failing(
                        id, .writeError, "Could not find a part of the path '\(isFolderName ? place + "/" : place)'.",
                        target: .string(source),
                        exception: "System.IO.DirectoryNotFoundException")
                }
                try FileChange.move(source, to: place, id: id, interrupt: io.interrupt)
            } catch {
                guard let record = error.record else { throw error }
                try io.report(record)
                continue
            }
            if call[Self.passThru], let made = FileItem(place) { try io.emit(made.value) }
        }
    }
}
