import FerryEngine

/// Removes files, folders, or things on the session's drives.
struct RemoveItem: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let recurse = Parameter<Bool>.switch("Recurse")
    static let force = Parameter<Bool>.switch("Force")

    static let signature = Signature(
        "Remove-Item", typeName: "Microsoft.PowerShell.Commands.RemoveItemCommand", shouldProcess: .medium,
        defaultSet: "Path", parameters: ItemFilter.parameters + [recurse, force],
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "LiteralPath"
        let filter = try ItemFilter(call, io)
        for text in isLiteral ? call[Self.literalPath] : call[Self.path] {
            guard let path = try io.checkedPath(text) else { continue }
            guard path.isFile else {
                try removeFromDrive(path, text, call, io)
                continue
            }
            for found in try io.files([text], isLiteral: isLiteral, hidden: call[Self.force])
            where filter.fits(found) {
                guard let item = FileItem(found) else { continue }
                try remove(item, call, io)
            }
        }
    }

    private func remove(_ item: FileItem, _ call: Call, _ io: CommandIO) throws(Stop) {
        let here = io.runspace.location.path
        if item.isFolder, here == item.path || here.hasPrefix(item.path == "/" ? "/" : item.path + "/") {
            return try io.report(
                "InvalidOperation", .invalidOperation,
                "Cannot remove the item at '\(item.path)' because it is in use.", target: .string(item.path),
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        let isLink = item.unixMode.first == "l"
        guard try io.confirms(item.isFolder && !isLink ? "Remove Directory" : "Remove File", item.path) else { return }
        if item.isFolder, !isLink, !call[Self.recurse], !FileItem.names(in: item.path).isEmpty {
            let question =
                "The item at \(item.path) has children and the Recurse parameter was not specified. If you continue, all "
                + "children will be removed with the item. Are you sure you want to continue?"
            guard try io.asks(question) else { return }
        }
        if !call[Self.force], try refuses(item, io) { return }
        do throws(Stop) { try FileChange.remove(item.path, io.interrupt) } catch {
            guard let record = error.record else { throw error }
            try io.report(record)
        }
    }

    /// Reports what is hidden or read-only in a tree that is to be removed without -Force; such a tree stays as it is.
    private func refuses(_ item: FileItem, _ io: CommandIO) throws(Stop) -> Bool {
        try io.interrupt.check()
        if item.isHidden || item.isReadOnly {
            try io.report(
                "RemoveFileSystemItemUnAuthorizedAccess", .permissionDenied,
                "Cannot remove item \(item.path): You do not have sufficient access rights to perform this operation or the "
                    + "item is hidden, system, or read only.", target: item.value, exception: "System.IO.IOException")
            return true
        }
        guard item.isFolder, item.unixMode.first != "l" else { return false }
        var isRefused = false
        for name in FileItem.names(in: item.path) {
            guard let child = FileItem(item.path + "/" + name) else { continue }
            if try refuses(child, io) { isRefused = true }
        }
        return isRefused
    }

    private func removeFromDrive(_ path: ProviderPath, _ text: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        let items = io.driveItems(call.parameterSet == "LiteralPath" ? path.literal : path)
        if items.isEmpty, !WildcardPattern.isPattern(text) { return try io.reportMissing(text) }
        for item in items {
            guard let name = try io.property("Name", of: item)?.display, try io.confirms("Remove Item", "Item: \(name)")
            else {
                continue
            }
            switch path {
            case .file: continue
            case .environment: Environment.set(name, to: nil)
            case .variable: try io.removeVariable(name, in: io.frame.scope, force: call[Self.force])
            case .alias: try io.removeAlias(name, in: nil, force: call[Self.force])
            case .function: io.removeFunction(name)
            }
        }
    }
}
