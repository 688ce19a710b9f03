import FerryEngine

/// The existing paths that patterns name.
struct ResolvePath: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let relative = Parameter<Bool>.switch("Relative")
    static let force = Parameter<Bool>.switch("Force")
    static let basePath = Parameter<String>("RelativeBasePath", validate: [.notNullOrEmpty])

    static let signature = Signature(
        "Resolve-Path", typeName: "Microsoft.PowerShell.Commands.ResolvePathCommand", defaultSet: "Path",
        parameters: [relative, basePath, force, ProviderCredential.credential],
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try ProviderCredential.refuse(call, io)
        let location = io.runspace.location
        let base = call.isBound(Self.basePath) ? location.resolve(call[Self.basePath]) : location.path
        guard FileItem.isFolder(base) else {
            return try io.report(
                "DirectoryNotFound", .objectNotFound, "The path '\(base)' is not a folder that exists.",
                target: .string(base), exception: "System.IO.DirectoryNotFoundException")
        }
        let isLiteral = call.parameterSet == "LiteralPath"
        for text in isLiteral ? call[Self.literalPath] : call[Self.path] {
            // Relative paths begin there as well.
            let isAbsolute = text.hasPrefix("/") || text.hasPrefix("~") || text.contains(":")
            let typed =
                call.isBound(Self.basePath) && !isAbsolute
                ? (isLiteral ? base : WildcardPattern.escape(base)) + "/" + text : text
            guard let place = try io.checkedPath(typed) else { continue }
            guard place.isFile else {
                try resolve(place, typed, io)
                continue
            }
            for found in try io.files([typed], isLiteral: isLiteral, hidden: call[Self.force]) {
                guard call[Self.relative] else {
                    let drive = location.fileDrive(of: typed)
                    try io.emit(.object(PathObject(drive?.shown(found) ?? found, provider: found, drive: drive)))
                    continue
                }
                let isRoot = found == "/" || location.fileDrive(of: typed)?.root == found
                try io.emit(.string(isRoot && found == base ? "./" : Self.relative(found, to: base)))
            }
        }
    }

    /// Names on the session's own drives.
    private func resolve(_ place: ProviderPath, _ typed: String, _ io: CommandIO) throws(Stop) {
        guard let (drive, name) = place.onDrive else { return }
        guard !name.isEmpty else { return try io.emit(.object(PathObject(drive + ":/"))) }
        let items = io.driveItems(place)
        if items.isEmpty, !WildcardPattern.isPattern(name) { try io.reportMissing(typed) }
        for item in items {
            guard let found = try io.property("Name", of: item)?.display else { continue }
            try io.emit(.object(PathObject(drive + ":/" + found)))
        }
    }

    /// `./x`, `../y`. A folder one is in, or comes from, is shown with its name: `..` alone would tell nothing.
    private static func relative(_ path: String, to folder: String) -> String {
        let target = path.split(separator: "/")
        let base = folder.split(separator: "/")
        var common = 0
        while common < min(target.count, base.count), target[common] == base[common] { common += 1 }
        let isAbove = common == target.count
        let up = Array(repeating: "..", count: base.count - common + (isAbove && common > 0 ? 1 : 0))
        let rest = isAbove ? target.suffix(1).map(String.init) : target[common...].map(String.init)
        return ((up.isEmpty ? ["."] : up) + (rest.isEmpty ? [""] : rest)).joined(separator: "/")
    }
}
