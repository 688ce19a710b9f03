import FerryEngine

/// Whether paths name something.
struct TestPath: Cmdlet {
    static let path = Parameter<[Value]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true
    ).allowing([.null, .emptyString, .emptyCollection])
    static let literalPath = Parameter<[Value]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty
    ).allowing([.null, .emptyString, .emptyCollection])
    static let pathType = Parameter<PathKind?>("PathType", aliases: ["Type"])
    static let newerThan = Parameter<DateTime?>("NewerThan")
    static let olderThan = Parameter<DateTime?>("OlderThan")
    static let isValid = Parameter<Bool>.switch("IsValid")

    static let signature = Signature(
        "Test-Path", typeName: "Microsoft.PowerShell.Commands.TestPathCommand", defaultSet: "Path", outputs: [.bool],
        parameters: [pathType, isValid, newerThan, olderThan] + ItemFilter.parameters,
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "LiteralPath"
        let filter = try ItemFilter(call, io)
        let paths = isLiteral ? call[Self.literalPath] : call[Self.path]
        // Null by itself is no element, and as good as one.
        for value in paths.isEmpty && !call.expectsInput ? [.null] : paths {
            if value.isNull {
                try io.report(
                    "NullPathNotPermitted", .invalidArgument,
                    "Value cannot be null. (Parameter 'The provided Path argument was null or an empty collection.')",
                    exception: "System.ArgumentNullException")
                continue
            }
            let text = value.display
            if call[Self.isValid] {
                let isKnown = io.runspace.location.unknownDrive(in: text) == nil
                try io.emit(.bool(!text.isEmpty && !text.contains("\0") && isKnown))
                continue
            }
            // Nothing has an empty name, or one of blanks only.
            guard !text.trimmed.isEmpty else {
                try io.emit(.bool(false))
                continue
            }
            let location = io.runspace.location
            let isUnknown = location.unknownDrive(in: text) != nil || location.unknownProvider(in: text) != nil
            guard !isUnknown || FileItem.exists(location.resolve(text)) else {
                try io.emit(.bool(false))
                continue
            }
            let path = ProviderPath(text, location)
            guard case .file(let full) = path else {
                let isRoot = path.onDrive?.name.isEmpty == true
                let fits = call[Self.pathType] == (isRoot ? .container : .leaf) || (call[Self.pathType] ?? .any) == .any
                try io.emit(.bool(fits && (isRoot || !io.driveItems(isLiteral ? path.literal : path).isEmpty)))
                continue
            }
            let wanted = isLiteral ? WildcardPattern.escape(full) : location.pattern(text)
            let found =
                WildcardPattern.isPattern(wanted) ? FileGlob.expand(wanted) : [WildcardPattern.unescape(wanted)]
            let exists = found.contains { candidate in
                guard filter.fits(candidate), fitsTimes(candidate, call) else { return false }
                return switch call[Self.pathType] {
                case nil, .any?: FileItem.exists(candidate)
                case .container?: FileItem.isFolder(candidate)
                case .leaf?: FileItem.exists(candidate) && !FileItem.isFolder(candidate)
                }
            }
            try io.emit(.bool(exists))
        }
    }

    private func fitsTimes(_ path: String, _ call: Call) -> Bool {
        let (newer, older) = (call[Self.newerThan], call[Self.olderThan])
        guard newer != nil || older != nil else { return true }
        guard let item = FileItem(path) else { return false }
        if let newer, item.lastWriteTime <= newer { return false }
        if let older, item.lastWriteTime >= older { return false }
        return true
    }
}

/// `-PathType`.
enum PathKind: String, ScriptEnum {
    case any = "Any"
    case container = "Container"
    case leaf = "Leaf"
    static let enumType = makeEnumType("Microsoft.PowerShell.Commands.TestPathType")
}
