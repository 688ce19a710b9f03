import FerryEngine
import Glibc

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
        let filter = try ItemFilter(call, io)
        var filePaths: [String] = []
        for text in paths {
            let place = ProviderPath(text, io.runspace.location)
            if place.isFile { filePaths.append(text) } else { try copyOnDrive(place, text, call, io) }
        }
        let target = io.runspace.location.resolve(call.isBound(Self.destination) ? call[Self.destination] : ".")
        for source in try io.files(filePaths, isLiteral: isLiteral, hidden: call[Self.force])
        where filter.fitsLists(source) {
            do throws(Stop) { try copy(source, to: target, filter.filter, call, io) } catch {
                guard let record = error.record else { throw error }
                try io.report(record)
            }
        }
    }

    /// A variable, environment variable, alias or function under another name.
    private func copyOnDrive(_ place: ProviderPath, _ text: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        let target = ProviderPath(call[Self.destination], io.runspace.location)
        guard target.onDrive?.drive == place.onDrive?.drive else {
            return try io.report(
                "InvalidOperation", .invalidOperation,
                "Cannot copy '\(text)': source and destination are on drives of different kinds.",
                target: .string(text), exception: "System.Management.Automation.PSInvalidOperationException")
        }
        let names = (place.onDrive?.name ?? text, target.onDrive?.name ?? call[Self.destination])
        guard try io.confirms("Copy Item", "Item: \(names.0) Destination: \(names.1)") else { return }
        if try io.copyDriveItem(place, to: target, moving: false), call[Self.passThru] {
            try io.emit(contentsOf: io.driveItems(target))
        }
    }

    private func copy(
        _ source: String, to target: String, _ filter: WildcardPattern?, _ call: Call, _ io: CommandIO
    ) throws(Stop) {
        guard let item = FileItem(source) else { return try io.reportMissing(source) }
        if !item.isFolder, let filter, !filter.matches(item.name) { return }
        if let identity = FileIdentity(source), FileIdentity(target) == identity { throw Self.itself(source, io) }
        if item.isFolder, FileItem.exists(target), !FileItem.isFolder(target) {
            throw io.failing(
                "CopyContainerItemToLeafError", .invalidArgument,
                "Container cannot be copied onto existing leaf item.", target: .string(source),
                exception: "System.ArgumentException")
        }
        let isFlat = item.isFolder && call[Self.recurse] && call.isBound(Self.container) && !call[Self.container]
        if isFlat {
            guard try io.confirms("Copy Directory", "Item: \(source) Destination: \(target)") else { return }
            return try FileChange.copyFiles(of: source, to: target, filter, force: call[Self.force], io.interrupt)
        }
        let place = FileItem.isFolder(target) ? (target == "/" ? "" : target) + "/" + item.name : target
        if item.isFolder, Self.lies(place, in: source) { throw Self.itself(source, io) }
        if let identity = FileIdentity(source), FileIdentity(place) == identity { throw Self.itself(source, io) }
        let action = item.isFolder ? "Copy Directory" : "Copy File"
        guard try io.confirms(action, "Item: \(source) Destination: \(place)") else { return }
        guard item.isFolder else { return try copyFile(source, to: place, call, io) }
        guard call[Self.recurse] else {
            try FileChange.makeFolder(place)
            return try announce(place, call, io)
        }
        try copyTree(source, to: place, filter, under: [], call, io)
    }

    /// Whether a place is within a folder, by its own path or by where the links on it lead: such a copy would never end.
    private static func lies(_ place: String, in folder: String) -> Bool {
        if place.hasPrefix(folder + "/") { return true }
        guard let identity = FileIdentity(folder) else { return false }
        var parent = place
        while let slash = parent.lastIndex(of: "/"), slash != parent.startIndex {
            parent = String(parent[..<slash])
            guard FileItem.isFolder(parent) else { continue }
            // The first that is there: from it upwards, by its real names.
            // SAFETY: realpath makes the text, ended by a zero; it is copied and given back.
            guard let real = unsafe realpath(parent, nil) else { return false }
            defer { unsafe free(real) }
            parent = unsafe String(cString: real)
            if FileIdentity(parent) == identity { return true }
        }
        return false
    }

    /// - Parameter above: the folders the copy has gone through to this one. A link to one of them would never end.
    private func copyTree(
        _ source: String, to target: String, _ filter: WildcardPattern?, under above: Set<FileIdentity>, _ call: Call,
        _ io: CommandIO
    ) throws(Stop) {
        try io.interrupt.check()
        guard let identity = FileIdentity(source), !above.contains(identity) else {
            return try io.report(
                "CopyError", .writeError,
                "Cannot copy '\(source)': it is a link to a folder that is being copied and contains it.",
                target: .string(source), exception: "System.IO.IOException")
        }
        guard let names = FileItem.contents(of: source) else {
            throw FileChange.stop(errno, source, id: "CopyDirectoryInfoItemUnauthorizedAccessError", doing: "read")
        }
        try FileChange.makeFolder(target)
        try announce(target, call, io)
        for name in names {
            let (from, to) = (source + "/" + name, target + "/" + name)
            do throws(Stop) {
                if FileItem.isFolder(from) {
                    try copyTree(from, to: to, filter, under: above.union([identity]), call, io)
                } else if filter?.matches(name) ?? true {
                    try copyFile(from, to: to, call, io)
                }
            } catch {
                guard let record = error.record else { throw error }
                try io.report(record)
            }
        }
    }

    private func copyFile(_ source: String, to target: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        let folder = target.lastIndex(of: "/").map { String(target[..<$0]) } ?? ""
        // `nodir/` is a folder that is not there, not a name for the copy.
        let isFolderName =
            call[Self.destination].hasSuffix("/") && target == io.runspace.location.resolve(call[Self.destination])
        guard folder.isEmpty || FileItem.isFolder(folder), !isFolderName else {
            throw io.failing(
                "System.IO.DirectoryNotFoundException", .notSpecified,
                "Could not find a part of the path '\(isFolderName ? target + "/" : target)'.", target: .string(target),
                exception: "System.IO.DirectoryNotFoundException")
        }
        try FileChange.copyFile(source, to: target, force: call[Self.force], interrupt: io.interrupt)
        try announce(target, call, io)
    }

    private func announce(_ place: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        if call[Self.passThru], let made = FileItem(place) { try io.emit(made.value) }
    }

    private static func itself(_ source: String, _ io: CommandIO) -> Stop {
        let exception = ExceptionObject("System.IO.IOException", "Cannot overwrite the item \(source) with itself.")
        let data = TableObject()
        data["SelfCopy"] = .string(source)
        exception.details.append((name: "Data", value: .table(data)))
        return io.failing(
            ErrorRecord(exception, errorID: "CopyError", category: .writeError, target: .string(source)))
    }
}
