import FerryEngine
import Glibc

/// Makes files, folders, links, or things on the session's drives.
struct NewItem: Cmdlet {
    static let path = Parameter<[String]>("Path", position: 0, mandatory: true, pipeline: .byProperty)
    static let name = Parameter<String>("Name", mandatory: true, pipeline: .byProperty)
    static let itemType = Parameter<String>("ItemType", aliases: ["Type"], pipeline: .byProperty)
    static let value = Parameter<Value>("Value", aliases: ["Target"], pipeline: .byValueAndProperty)
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "New-Item", typeName: "Microsoft.PowerShell.Commands.NewItemCommand", shouldProcess: .medium,
        defaultSet: "pathSet",
        parameters: [itemType, value, force, ProviderCredential.credential],
        sets: [ParameterSet("pathSet", [path]), ParameterSet("nameSet", [path.mandatory(false).at(0), name])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try ProviderCredential.refuse(call, io)
        let folders = call[Self.path].isEmpty ? ["."] : call[Self.path]
        for folder in folders {
            for text in try targets(folder, call, io) {
                do throws(Stop) { try make(text, call, io) } catch {
                    // What is asked for wrongly ends the command; what cannot be made does not.
                    guard let record = error.record, record.category != .invalidArgument else { throw error }
                    try io.report(record)
                }
            }
        }
    }

    /// A path names one thing, escaped or not; a folder that something is made in under -Name may be several.
    private func targets(_ folder: String, _ call: Call, _ io: CommandIO) throws(Stop) -> [String] {
        guard call.parameterSet == "nameSet" else { return [WildcardPattern.unescape(folder)] }
        let name = call[Self.name]
        guard WildcardPattern.isPattern(folder), let place = try io.checkedPath(folder), case .file(let full) = place,
            !FileItem.exists(full)
        else { return [Self.within(WildcardPattern.unescape(folder), name)] }
        return FileGlob.expand(io.runspace.location.pattern(folder)).filter(FileItem.isFolder).map {
            Self.within($0, name)
        }
    }

    /// A drive's name alone is the place one is in there.
    private static func within(_ folder: String, _ name: String) -> String {
        folder.hasSuffix(":") && !folder.contains("/") ? folder + name : folder + "/" + name
    }

    private func make(_ text: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        guard let path = try io.checkedPath(text) else { return }
        guard case .file(let full) = path else { return try makeOnDrive(path, call, io) }
        let type = call[Self.itemType].folded
        switch type {
        case "directory", "container", "d":
            guard try io.confirms("Create Directory", "Destination: \(full)") else { return }
            if FileItem.exists(full), !call[Self.force] || !FileItem.isFolder(full) {
                throw io.failing(
                    "DirectoryExist", .resourceExists, "An item with the specified name \(full) already exists.",
                    target: .string(full), exception: "System.IO.IOException")
            }
            try FileChange.makeFolder(full)
        case "symboliclink", "hardlink", "junction":
            try makeLink(full, isHard: type == "hardlink", call, io)
        case "", "file", "f", "leaf":
            guard try io.confirms("Create File", "Destination: \(full)") else { return }
            if FileItem.exists(full), !call[Self.force] {
                throw io.failing(
                    "NewItemIOError", .writeError, "The file '\(full)' already exists.", target: .string(full),
                    exception: "System.IO.IOException")
            }
            if call[Self.force], let item = FileItem(full)?.parent ?? parent(of: full) {
                try FileChange.makeFolder(item)
            }
            let content = call.isBound(Self.value) ? Array(call[Self.value].display.utf8) : []
            try io.writeBytes(content, to: full, appends: false, force: call[Self.force], id: "NewItemIOError")
        default:
            throw io.failing(
                "Argument", .invalidArgument,
                "The type is not a known type for the file system. Only \"file\",\"directory\" or \"symboliclink\" can be "
                    + "specified.", target: .string(call[Self.itemType]),
                exception: "System.Management.Automation.PSArgumentException")
        }
        if let item = io.item(full, typed: text) { try io.emit(item.value) }
    }

    private func parent(of path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
        return String(path[..<slash])
    }

    private func makeLink(_ full: String, isHard: Bool, _ call: Call, _ io: CommandIO) throws(Stop) {
        let target = call[Self.value].display.replacing("\\", with: "/")
        guard !call[Self.value].isNull, !target.trimmed.isEmpty else {
            let exception = ExceptionObject(
                "System.Management.Automation.PSArgumentNullException", "Value cannot be null. (Parameter 'content')")
            exception.details.append((name: "ParamName", value: .string("content")))
            throw io.failing(
                ErrorRecord(exception, errorID: "ArgumentNull", category: .invalidArgument, target: .null))
        }
        let action = isHard ? "Create Hard Link" : "Create Symbolic Link"
        guard try io.confirms(action, "Destination: \(full)") else { return }
        let place = io.runspace.location.resolve(target)
        if isHard { try checkHardLink(full, to: place, io) }
        if FileItem.exists(full) {
            guard call[Self.force] else {
                throw io.failing(
                    isHard ? "HardLinkExists" : "SymLinkExists", .resourceExists,
                    "Cannot create the link because the path already exists.", target: .string(full),
                    exception: "System.IO.IOException")
            }
            try FileChange.remove(full, io.interrupt)
        }
        // A folder's drive is no part of a link; a path from here stays one.
        let isPlain = target.hasPrefix("/") || !target.contains(":") && !target.hasPrefix("~")
        let result = isHard ? unsafe link(place, full) : unsafe symlink(isPlain ? target : place, full)
        if result != 0 { throw FileChange.stop(errno, full, id: "NewItemIOError", doing: "create link") }
    }

    private func checkHardLink(_ full: String, to place: String, _ io: CommandIO) throws(Stop) {
        guard FileItem.exists(place) else {
            throw io.failing(
                "ItemNotFound", .objectNotFound, "Cannot find path '\(place)' because it does not exist.",
                target: .string(place), exception: "System.Management.Automation.ItemNotFoundException")
        }
        guard !FileItem.isFolder(place) else {
            throw io.failing(
                "ItemNotFile", .invalidOperation,
                "A file is required for the operation. The item \(place) is not a file.",
                target: .string(place), exception: "System.InvalidOperationException")
        }
        if full == place {
            throw io.failing(
                "TargetIsSameAsLink", .invalidOperation,
                "The target and path cannot be the same; specify another path.", target: .string(full),
                exception: "System.InvalidOperationException")
        }
    }

    private func makeOnDrive(_ path: ProviderPath, _ call: Call, _ io: CommandIO) throws(Stop) {
        let target = "Item: \(path.onDrive?.name ?? "") Type: \(call[Self.itemType]) Value: \(call[Self.value].display)"
        guard try io.confirms("New Item", target) else { return }
        if !io.driveItems(path).isEmpty, !call[Self.force] {
            throw io.failing(
                "Argument", .invalidArgument, "The item already exists.",
                exception: "System.Management.Automation.PSArgumentException")
        }
        try io.setDriveItem(path, call[Self.value], force: call[Self.force])
        try io.emit(contentsOf: io.driveItems(path))
    }
}
