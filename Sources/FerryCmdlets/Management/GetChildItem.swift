import FerryEngine
import Glibc

/// Lists what is in folders, or on one of the session's drives.
struct GetChildItem: Cmdlet {
    static let path = Parameter<[String]>("Path", position: 0, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let filter = Parameter<String>("Filter", position: 1, wildcards: true)
    static let include = Parameter<[String]>("Include", wildcards: true)
    static let exclude = Parameter<[String]>("Exclude", wildcards: true)
    static let recurse = Parameter<Bool>.switch("Recurse", aliases: ["s", "r"])
    static let depth = Parameter<UInt32>("Depth")
    static let force = Parameter<Bool>.switch("Force")
    static let name = Parameter<Bool>.switch("Name")
    static let directory = Parameter<Bool>.switch("Directory", aliases: ["ad"])
    static let file = Parameter<Bool>.switch("File", aliases: ["af"])
    static let hidden = Parameter<Bool>.switch("Hidden", aliases: ["ah", "h"])
    static let readOnly = Parameter<Bool>.switch("ReadOnly", aliases: ["ar"])
    static let system = Parameter<Bool>.switch("System", aliases: ["as"])
    static let attributes = Parameter<[String]>("Attributes")
    static let followSymlink = Parameter<Bool>.switch("FollowSymlink")

    static let signature = Signature(
        "Get-ChildItem", typeName: "Microsoft.PowerShell.Commands.GetChildItemCommand", defaultSet: "Items",
        parameters: [
            filter, include, exclude, recurse, depth, force, name, directory, file, hidden, readOnly, system,
            attributes,
            followSymlink,
        ],
        sets: [ParameterSet("Items", [path]), ParameterSet("LiteralItems", [literalPath])])

    init() {}

    /// The drive of the path that is listed.
    private var drive: FileDrive?
    /// The folders that links were followed to, with the folder that is listed: each once.
    private var visited: Set<FileIdentity> = []

    private struct Wanted {
        var filter: WildcardPattern?
        var include: [WildcardPattern]
        var exclude: [WildcardPattern]
        var showsHidden: Bool
        var onlyHidden: Bool
        var onlyFolders: Bool
        var onlyFiles: Bool
        var onlyReadOnly: Bool
        var attributes: [AttributeExpression]
        var followsLinks: Bool
        var depth: UInt32

        func fits(_ item: FileItem) -> Bool {
            if item.isHidden, !showsHidden { return false }
            if onlyHidden, !item.isHidden { return false }
            if onlyFolders, !item.isFolder { return false }
            if onlyFiles, item.isFolder { return false }
            if onlyReadOnly, !item.isReadOnly { return false }
            guard attributes.allSatisfy({ $0.fits(item) }) else { return false }
            if let filter, !filter.matches(item.name) { return false }
            if !include.isEmpty, !include.contains(where: { $0.matches(item.name) }) { return false }
            return !exclude.contains { $0.matches(item.name) }
        }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let attributes = try expressions(call, io)
        let recurses = call[Self.recurse] || call.isBound(Self.depth)
        let wanted = Wanted(
            filter: call.isBound(Self.filter) ? WildcardPattern(call[Self.filter]) : nil,
            include: call[Self.include].map { WildcardPattern($0) },
            exclude: call[Self.exclude].map { WildcardPattern($0) },
            showsHidden: call[Self.force] || call[Self.hidden] || attributes.contains { $0.namesHidden },
            onlyHidden: call[Self.hidden],
            onlyFolders: call[Self.directory], onlyFiles: call[Self.file],
            onlyReadOnly: call[Self.readOnly], attributes: attributes, followsLinks: call[Self.followSymlink],
            depth: call.isBound(Self.depth) ? call[Self.depth] : recurses ? .max : 0)
        let isLiteral = call.parameterSet == "LiteralItems"
        let paths = isLiteral ? call[Self.literalPath] : call[Self.path].isEmpty ? ["."] : call[Self.path]
        for text in paths {
            guard let path = try io.checkedPath(text) else { continue }
            drive = io.runspace.location.fileDrive(of: text)
            visited = []
            guard case .file(let full) = path else {
                let items = io.driveItems(path)
                if items.isEmpty { try reportMissing(path, text, io) }
                guard call[Self.name] else {
                    try io.emit(contentsOf: items)
                    continue
                }
                for item in items { try io.emit(io.property("Name", of: item) ?? .null) }
                continue
            }
            let pattern = isLiteral ? WildcardPattern.escape(full) : io.runspace.location.pattern(text)
            if WildcardPattern.isPattern(pattern) {
                try listPattern(pattern, wanted, recurses, call, io)
            } else {
                try list(WildcardPattern.unescape(pattern), wanted, call, io)
            }
        }
    }

    /// Of `-Attributes` and `-System`, which on Linux no file has.
    private func expressions(_ call: Call, _ io: CommandIO) throws(Stop) -> [AttributeExpression] {
        var found: [AttributeExpression] = []
        if call[Self.system] { found += [AttributeExpression("System")].compactMap { $0 } }
        guard call.isBound(Self.attributes) else { return found }
        let text = call[Self.attributes].joined(separator: ",")
        guard let expression = AttributeExpression(text) else {
            throw io.failing(
                "InvalidAttributes", .invalidArgument,
                "'\(text)' is no expression of file attributes. Write names such as Directory, Hidden, ReadOnly and "
                    + "ReparsePoint, with , for or, + for and, ! for not.",
                target: .string(text), exception: "System.Management.Automation.PSArgumentException")
        }
        return found + [expression]
    }

    private func reportMissing(_ path: ProviderPath, _ text: String, _ io: CommandIO) throws(Stop) {
        switch path {
        case .environment(let name), .variable(let name), .function(let name), .alias(let name):
            if !name.isEmpty, !WildcardPattern.isPattern(name) { try io.reportMissing(name) }
        case .file: try io.reportMissing(text)
        }
    }

    private mutating func list(_ path: String, _ wanted: Wanted, _ call: Call, _ io: CommandIO) throws(Stop) {
        guard let item = FileItem(path, drive: drive) else {
            // `folder/name -Recurse` looks for the name below the folder.
            return try io.reportMissing(path)
        }
        guard item.isFolder else {
            if wanted.fits(item) { try io.emit(call[Self.name] ? .string(item.name) : item.value) }
            return
        }
        if wanted.followsLinks, let identity = FileIdentity(path) { visited.insert(identity) }
        try listFolder(path, prefix: "", wanted, level: 0, call, io)
    }

    /// `*.log`: each match; folders that match are listed only when nothing recurses.
    private mutating func listPattern(
        _ pattern: String, _ wanted: Wanted, _ recurses: Bool, _ call: Call, _ io: CommandIO
    ) throws(Stop) {
        if recurses, let slash = pattern.lastIndex(of: "/"), !WildcardPattern.isPattern(String(pattern[..<slash])) {
            var narrowed = wanted
            narrowed.include.append(WildcardPattern(String(pattern[pattern.index(after: slash)...])))
            let folder = WildcardPattern.unescape(String(pattern[..<slash]))
            return try listFolder(folder.isEmpty ? "/" : folder, prefix: "", narrowed, level: 0, call, io)
        }
        for path in FileGlob.expand(pattern) {
            guard let item = FileItem(path, drive: drive), wanted.fits(item) else { continue }
            try io.emit(call[Self.name] ? .string(item.name) : item.value)
        }
    }

    private mutating func listFolder(
        _ folder: String, prefix: String, _ wanted: Wanted, level: UInt32, _ call: Call, _ io: CommandIO
    ) throws(Stop) {
        guard let names = FileItem.contents(of: folder) else {
            return try io.report(
                "DirUnauthorizedAccessError", .permissionDenied, "Access to the path '\(folder)' is denied.",
                target: .string(folder), exception: "System.UnauthorizedAccessException")
        }
        var folders: [FileItem] = []
        var files: [FileItem] = []
        for name in names {
            guard let item = FileItem(folder == "/" ? "/" + name : folder + "/" + name, drive: drive) else { continue }
            if item.isFolder { folders.append(item) } else { files.append(item) }
        }
        // Folders come first, as PowerShell lists them.
        for item in folders + files where wanted.fits(item) {
            try io.emit(call[Self.name] ? .string(prefix + item.name) : item.value)
        }
        guard level < wanted.depth else { return }
        for item in folders where !item.isHidden || wanted.showsHidden {
            if wanted.followsLinks {
                guard let identity = FileIdentity(item.path) else { continue }
                guard visited.insert(identity).inserted else {
                    try io.warn("Skip already-visited directory \(item.path).")
                    continue
                }
            } else if item.unixMode.first == "l" {
                continue
            }
            try io.interrupt.check()
            try listFolder(item.path, prefix: prefix + item.name + "/", wanted, level: level + 1, call, io)
        }
    }
}
