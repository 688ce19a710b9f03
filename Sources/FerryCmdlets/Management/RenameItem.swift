import FerryEngine

/// Gives a file or folder another name in the same folder.
struct RenameItem: Cmdlet {
    static let path = Parameter<String>("Path", position: 0, mandatory: true, pipeline: .byValueAndProperty)
    static let literalPath = Parameter<String>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let newName = Parameter<String>("NewName", position: 1, mandatory: true, pipeline: .byProperty)
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")

    static let signature = Signature(
        "Rename-Item", typeName: "Microsoft.PowerShell.Commands.RenameItemCommand", shouldProcess: .medium,
        defaultSet: "ByPath", parameters: [newName, force, passThru, ProviderCredential.credential],
        sets: [ParameterSet("ByPath", [path]), ParameterSet("ByLiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try ProviderCredential.refuse(call, io)
        let isLiteral = call.parameterSet == "ByLiteralPath"
        let text = isLiteral ? call[Self.literalPath] : call[Self.path]
        let place = ProviderPath(text, io.runspace.location)
        if let (drive, name) = place.onDrive {
            let target = ProviderPath("\(drive):\(call[Self.newName])", io.runspace.location)
            guard try io.confirms("Rename Item", "Item: \(name) NewName: \(call[Self.newName])") else { return }
            if try io.copyDriveItem(place, to: target, moving: true), call[Self.passThru] {
                try io.emit(contentsOf: io.driveItems(target))
            }
            return
        }
        let wanted = isLiteral ? WildcardPattern.escape(text) : io.runspace.location.pattern(text)
        if !WildcardPattern.isPattern(wanted), try io.checkedPath(text) != nil,
            !FileItem.exists(isLiteral ? io.runspace.location.resolve(text) : WildcardPattern.unescape(wanted))
        {
            return try io.report(
                "InvalidOperation", .invalidOperation, "Cannot rename because item at '\(text)' does not exist.",
                target: .null, exception: "System.Management.Automation.PSInvalidOperationException")
        }
        for source in try io.files([text], isLiteral: isLiteral, hidden: call[Self.force]) {
            guard let item = FileItem(source) else { continue }
            let name = call[Self.newName]
            let target = name.hasPrefix("/") ? name : (item.parent == "/" ? "" : item.parent) + "/" + name
            if name.contains("/"),
                FileItem.isFolder(target)
                    || String(target[..<(target.lastIndex(of: "/") ?? target.startIndex)]) != item.parent
            {
                throw io.failing(
                    "Argument", .invalidArgument,
                    "Cannot rename the specified target, because it represents a path or device name.",
                    target: .string(name), exception: "System.Management.Automation.PSArgumentException")
            }
            guard
                try io.confirms(
                    item.isFolder ? "Rename Directory" : "Rename File", "Item: \(source) Destination: \(target)")
            else { continue }
            do throws(Stop) {
                // -Force finds what is hidden; another file it leaves alone, as in PowerShell.
                if FileItem.exists(target) {
                    throw io.failing(
                        "RenameItemIOError", .writeError, "Cannot create a file when that file already exists.",
                        target: .string(source), exception: "System.IO.IOException")
                }
                try FileChange.move(source, to: target)
            } catch {
                guard let record = error.record else { throw error }
                try io.report(record)
                continue
            }
            if call[Self.passThru], let made = FileItem(target) { try io.emit(made.value) }
        }
    }
}
