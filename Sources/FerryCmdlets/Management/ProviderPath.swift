import FerryEngine

/// What a path names: something in the file system, or on one of the session's own drives.
enum ProviderPath {
    /// Absolute, without `.` and `..`; wildcards may be in it.
    case file(String)
    case environment(String)
    case variable(String)
    case function(String)
    case alias(String)

    /// Reads a path as typed: `env:PATH`, `Variable:\x`, `filesystem::/tmp`, `~/x`, `../y`.
    init(_ text: String, _ location: Location) {
        let drives: [(String, (String) -> ProviderPath)] = [
            ("env:", { .environment($0) }), ("variable:", { .variable($0) }), ("function:", { .function($0) }),
            ("alias:", { .alias($0) }),
        ]
        var text = location.qualify(text)
        if let qualified = Location.qualified(text) {
            switch qualified.provider.lowercased() {
            case "environment": text = "env:" + qualified.path
            case "variable": text = "variable:" + qualified.path
            case "function": text = "function:" + qualified.path
            case "alias": text = "alias:" + qualified.path
            default: break
            }
        }
        for (prefix, make) in drives where text.lowercased().hasPrefix(prefix) {
            self = make(String(text.dropFirst(prefix.count).drop { $0 == "/" || $0 == "\\" }))
            return
        }
        self = .file(location.resolve(text))
    }

    var isFile: Bool { if case .file = self { true } else { false } }

    /// The same without wildcards: what -LiteralPath names. Files stay as they are.
    var literal: ProviderPath {
        switch self {
        case .file: self
        case .environment(let name): .environment(WildcardPattern.escape(name))
        case .variable(let name): .variable(WildcardPattern.escape(name))
        case .function(let name): .function(WildcardPattern.escape(name))
        case .alias(let name): .alias(WildcardPattern.escape(name))
        }
    }

    /// The drive as it is shown and the name on it; nil for files.
    var onDrive: (drive: String, name: String)? {
        switch self {
        case .file: nil
        case .environment(let name): ("Env", name)
        case .variable(let name): ("Variable", name)
        case .function(let name): ("Function", name)
        case .alias(let name): ("Alias", name)
        }
    }
}

extension CommandIO {
    func path(_ text: String) -> ProviderPath { ProviderPath(text, runspace.location) }

    /// What a path names; nil where it begins with a drive or provider that there is none of, which is reported.
    func checkedPath(_ text: String) throws(Stop) -> ProviderPath? {
        let location = runspace.location
        // A file of that name is what is meant.
        if let name = location.unknownProvider(in: text), !FileItem.exists(location.resolve(text)) {
            try report(
                "ProviderNotFound", .objectNotFound, "Cannot find a provider with the name '\(name)'.",
                target: .string(name), exception: "System.Management.Automation.ProviderNotFoundException")
            return nil
        }
        if let name = location.unknownDrive(in: text), !FileItem.exists(location.resolve(text)) {
            try report(
                "DriveNotFound", .objectNotFound, "Cannot find drive. A drive with the name '\(name)' does not exist.",
                target: .string(name), exception: "System.Management.Automation.DriveNotFoundException")
            return nil
        }
        return ProviderPath(text, location)
    }

    /// The item at an absolute path, on the drive that it was named on.
    func item(_ path: String, typed text: String) -> FileItem? {
        FileItem(path, drive: runspace.location.fileDrive(of: text))
    }

    /// The error of PowerShell's providers for something that is not there.
    func reportMissing(_ path: String) throws(Stop) {
        try report(
            "PathNotFound", .objectNotFound, "Cannot find path '\(path)' because it does not exist.",
            target: .string(path), exception: "System.Management.Automation.ItemNotFoundException")
    }

    /// The files that `patterns` name; a pattern without wildcards that names nothing is an error, one with them is not.
    ///
    /// - Parameters:
    ///   - isLiteral: `-LiteralPath`: no character is a wildcard.
    ///   - hidden: `-Force`: wildcards stand for hidden names, too.
    func files(_ patterns: [String], isLiteral: Bool = false, hidden: Bool = false) throws(Stop) -> [String] {
        var found: [String] = []
        for pattern in patterns {
            guard let place = try checkedPath(pattern) else { continue }
            guard case .file(let path) = place else {
                try report(
                    "NotSupported", .notImplemented, "The command works on files only, not on '\(pattern)'.",
                    target: .string(pattern), exception: "System.Management.Automation.PSNotSupportedException")
                continue
            }
            let wanted = isLiteral ? path : runspace.location.pattern(pattern)
            if isLiteral || !WildcardPattern.isPattern(wanted) {
                let plain = isLiteral ? path : WildcardPattern.unescape(wanted)
                if FileItem.exists(plain) { found.append(plain) } else { try reportMissing(plain) }
            } else {
                found += FileGlob.expand(wanted, hidden: hidden)
            }
        }
        return found
    }

    /// The items on the session's drives that a path names.
    func driveItems(_ path: ProviderPath) -> [Value] {
        /// The item, which knows its drive and its path there.
        func placed(_ item: Value, _ name: String) -> Value {
            guard let object = item.asObject, let drive = path.onDrive?.drive else { return item }
            let place = DriveObject(session: drive)
            object.added = PropertyBag([
                ("PSPath", .string("Microsoft.PowerShell.Core\\\(place.provider)::\(name)")),
                ("PSDrive", .object(place)),
                ("PSProvider", .object(ProviderObject(place.provider))), ("PSIsContainer", .bool(false)),
            ])
            return item
        }
        func matches(_ wanted: String, _ name: String) -> Bool {
            wanted.isEmpty || wanted == "*" || WildcardPattern(wanted).matches(name)
        }
        switch path {
        case .file: return []
        case .environment(let wanted):
            // Names of the environment distinguish case on Linux.
            return Environment.all.filter {
                wanted.isEmpty || WildcardPattern(wanted, caseSensitive: true).matches($0.name)
            }.map { placed(.object(EntryObject(.string($0.name), .string($0.value))), $0.name) }
        case .variable(let wanted):
            return visibleVariables.filter { matches(wanted, $0.name) }.sorted { $0.name.folded < $1.name.folded }
                .map { placed(VariableObject($0).value, $0.name) }
        case .function(let wanted):
            return runspace.knownCommands(frame).filter {
                ($0.commandType == .function || $0.commandType == .filter) && matches(wanted, $0.name)
            }.map { placed($0.object, $0.name) }
        case .alias(let wanted):
            return visibleAliases.filter { matches(wanted, $0.name) }.sorted { $0.name.folded < $1.name.folded }
                .map { placed($0.object, $0.name) }
        }
    }
}
