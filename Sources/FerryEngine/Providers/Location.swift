import Glibc

/// Where the runspace is: a folder or one of the session's own drives, and the places `Push-Location` set aside. The process's own
/// folder is not touched.
package final class Location {
    /// The folder. Programs run here and file names are relative to it also while the session's place is another drive.
    package private(set) var path: String
    /// The drive when the place is none of the file system's: `Env`, `Variable`, `Function`, `Alias`.
    package private(set) var drive: String?
    /// The drive of the file system one is on, when its paths are shown from its own root.
    package private(set) var fileDrive: FileDrive?
    /// The places that were set aside, of each stack by its name; the newest is last.
    private var stacks: [String: [String]] = [:]
    /// The stack that is used where none is named: `Set-Location -StackName`.
    package private(set) var stackName = "default"
    /// Drives of the file system that the session made; of two with a name the later counts.
    private var folders: [FileDrive] = []
    /// Where `cd -` and `cd +` lead, the nearest last.
    private var (earlier, later) = ([String](), [String]())
    /// How many places `cd -` remembers.
    private static let historyLimit = 20

    /// A stack's places, the newest last; nil when there is no stack of that name.
    ///
    /// - Parameter name: empty for the one in use.
    package func stack(named name: String) -> [String]? {
        let key = name.isEmpty ? stackName : name
        return stacks[key] ?? (key == stackName || key == "default" ? [] : nil)
    }

    package func push(_ place: String, onto name: String) {
        stacks[name.isEmpty ? stackName : name, default: []].append(place)
    }

    package func pop(from name: String) -> String? { stacks[name.isEmpty ? stackName : name]?.popLast() }

    /// Makes a stack the one in use; false when there is none of that name. An empty name is the session's first stack.
    package func useStack(_ name: String) -> Bool {
        guard name.isEmpty || stack(named: name) != nil else { return false }
        stackName = name.isEmpty ? "default" : name
        return true
    }

    init() { path = Self.processFolder }

    /// The process's own folder.
    static var processFolder: String {
        // SAFETY: getcwd allocates the buffer it returns; it is copied and freed here.
        guard let buffer = unsafe getcwd(nil, 0) else { return "/" }
        defer { unsafe free(buffer) }
        return unsafe String(cString: buffer)
    }

    /// A session that begins elsewhere.
    func begin(at folder: String) { _ = settle(folder) }

    /// The drives a session begins with.
    func makeDrives(in scope: Scope) {
        let temporary = PathText.normalized(Environment.value("TMPDIR") ?? "/tmp")
        folders.append(FileDrive(name: "Temp", root: temporary, description: "", in: scope))
    }

    /// An absolute path without `.` and `..`; `~` is the home folder.
    package func resolve(_ text: String) -> String {
        let written = WrittenPath(text, self)
        let path = PathText.normalized("/" + written.folder + "/" + written.rest)
        // There is no way out of a drive by `..`.
        return written.root.isEmpty ? path : PathText.normalized(written.root + path)
    }

    /// As `resolve`, for text whose wildcards count: those in the names of folders that it does not write itself are made literal.
    package func pattern(_ text: String) -> String {
        let written = WrittenPath(text, self)
        let isPlain = !(written.root + written.folder).contains { "*?[]`".contains($0) }
        guard !isPlain else { return resolve(text) }
        func names(_ path: String) -> [Substring] { path.split(separator: "/").filter { $0 != "." } }
        let root = names(written.root).map { WildcardPattern.escape(String($0)) }
        var parts = names(written.folder).map { WildcardPattern.escape(String($0)) }
        for name in names(written.rest) {
            if name == ".." { _ = parts.popLast() } else { parts.append(String(name)) }
        }
        return "/" + (root + parts).joined(separator: "/")
    }

    /// Where a path begins, and what of it is written.
    private struct WrittenPath {
        /// The folder of its drive; `..` does not lead out of it.
        var root = ""
        /// The folder below that it starts from.
        var folder = ""
        var rest: String

        init(_ text: String, _ location: Location) {
            rest = text
            if let qualified = Location.qualified(rest), qualified.provider.folded == "filesystem" {
                rest = qualified.path
            }
            // A backslash parts folders as a slash does.
            if rest.contains("\\") {
                rest = rest.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "/")
            }
            if rest == "~" || rest.hasPrefix("~/") {
                folder = Environment.value("HOME") ?? "/"
                rest.removeFirst()
            } else if let colon = rest.firstIndex(of: ":"),
                let drive = location.fileDrive(named: String(rest[..<colon]))
            {
                rest = String(rest[rest.index(after: colon)...])
                root = drive.root
                if !rest.hasPrefix("/") { folder = drive.current }
            } else if !rest.hasPrefix("/") {
                if let drive = location.fileDrive {
                    (root, folder) = (drive.root, drive.current)
                } else {
                    folder = location.path
                }
            }
        }
    }

    /// Drives made with `New-PSDrive`, by name.
    package var fileDrives: [FileDrive] {
        folders.removeAll { !$0.isAlive }
        return folders.sorted { $0.name.folded < $1.name.folded }
    }

    package func fileDrive(named name: String) -> FileDrive? {
        guard !folders.isEmpty else { return nil }
        folders.removeAll { !$0.isAlive }
        return folders.last { $0.name.folded == name.folded }
    }

    /// The drive that the path as typed is on; nil for the whole file system's.
    package func fileDrive(of text: String) -> FileDrive? {
        if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") {
            return fileDrive(named: String(text[..<colon]))
        }
        return text.hasPrefix("/") || text.hasPrefix("\\") || text == "~" || text.hasPrefix("~/") ? nil : fileDrive
    }

    /// An absolute path as the drive shows it that the typed one is on.
    package func shown(_ path: String, typed text: String) -> String { fileDrive(of: text)?.shown(path) ?? path }

    /// Puts a folder at the beginning of paths under a name. Returns `false` if the name is taken in the scope.
    package func addDrive(_ drive: FileDrive, in scope: Scope) -> Bool {
        let key = drive.name.folded
        folders.removeAll { !$0.isAlive }
        guard !folders.contains(where: { $0.name.folded == key && $0.belongs(to: scope) }),
            !Self.drives.contains(where: { $0.folded == key })
        else { return false }
        folders.append(drive)
        return true
    }

    /// Returns `false` if there is no such drive.
    package func removeDrive(_ drive: FileDrive) -> Bool {
        guard let index = folders.firstIndex(where: { $0 === drive }) else { return false }
        folders.remove(at: index)
        if fileDrive === drive { fileDrive = nil }
        return true
    }

    /// The qualifier of a path as typed that names no drive: `nosuch` of `nosuch:/x`.
    package func unknownDrive(in text: String) -> String? {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex,
            !text[..<colon].contains(where: { $0 == "/" || $0 == "\\" }), Location.qualified(text) == nil
        else { return nil }
        let name = String(text[..<colon])
        let isKnown = Self.drives.contains { $0.folded == name.folded } || fileDrive(named: name) != nil
        return isKnown ? nil : name
    }

    /// The provider of a path as typed that there is none of: `nosuch` of `nosuch::x`.
    package func unknownProvider(in text: String) -> String? {
        guard let name = Location.qualified(text)?.provider else { return nil }
        return ProviderObject.names.contains { $0.folded == name.folded } ? nil : name
    }

    /// The parts of `Module\Provider::path`, the form of `PSPath`; the module may be missing. `nil` for every other path.
    package static func qualified(_ text: String) -> (provider: String, path: String)? {
        guard let mark = text.firstRange(of: "::") else { return nil }
        let name = text[..<mark.lowerBound].split(separator: "\\", omittingEmptySubsequences: false)
        guard let provider = name.last, !provider.isEmpty, name.count <= 2,
            !text[..<mark.lowerBound].contains(where: { $0 == "/" || $0 == ":" })
        else { return nil }
        return (String(provider), String(text[mark.upperBound...]))
    }

    private static let drives = ["Env", "Variable", "Function", "Alias"]

    /// The place as `$PWD` and the prompt show it: `/root`, `Logs:/old`, `Env:/`.
    package var shown: String { drive.map { $0 + ":/" } ?? fileDrive?.shown(path) ?? path }

    /// `$PWD`.
    package var place: PathObject { PathObject(shown, provider: path, drive: fileDrive) }

    /// Where one is in the file system, also while the session's place is another drive.
    package var fileSystemPlace: PathObject {
        PathObject(fileDrive?.shown(path) ?? path, provider: path, drive: fileDrive)
    }

    /// Where one is, or was last, on a drive; nil when there is no such drive.
    package func place(onDrive name: String) -> PathObject? {
        if name == "/" { return PathObject(path) }
        if let own = Self.drives.first(where: { $0.folded == name.folded }) { return PathObject(own + ":/") }
        guard let drive = fileDrive(named: name) else { return nil }
        let path = PathText.normalized(drive.root + "/" + drive.current)
        return PathObject(drive.shown(path) ?? path, provider: path, drive: drive)
    }

    /// A place by what `shown` said of it.
    package func place(_ shown: String) -> PathObject {
        PathObject(shown, provider: resolve(shown), drive: fileDrive(of: shown))
    }

    /// The drive of the session that a path is only the root of: `env:`, `Env:/`, `Environment::`.
    private func root(_ text: String) -> String? {
        if let qualified = Location.qualified(text), qualified.path.allSatisfy({ $0 == "/" || $0 == "\\" }) {
            let name = qualified.provider.folded == "environment" ? "env" : qualified.provider.folded
            return Self.drives.first { $0.folded == name }
        }
        guard let colon = text.firstIndex(of: ":"),
            text[text.index(after: colon)...].allSatisfy({ $0 == "/" || $0 == "\\" || $0 == "." })
        else { return nil }
        return Self.drives.first { $0.folded == text[..<colon].lowercased() }
    }

    /// A path as typed, with the present drive in front where it is relative to that.
    package func qualify(_ text: String) -> String {
        guard let drive, !text.contains(":"), !text.hasPrefix("/"), text != "~", !text.hasPrefix("~/") else {
            return text
        }
        let name = text.split(separator: "/").filter { $0 != "." && $0 != ".." }.joined(separator: "/")
        return "\(drive):\(name)"
    }

    /// Goes to a folder or a drive. Returns `false` if there is no such place.
    package func move(to text: String) -> Bool {
        let here = shown
        guard settle(qualify(text)) else { return false }
        if earlier.count == Self.historyLimit { earlier.removeFirst() }
        earlier.append(here)
        later = []
        return true
    }

    /// Goes back (`cd -`) or forth (`cd +`) to where one was. Returns `nil` when there is no more, `false` if the place is gone.
    package func retrace(forth: Bool) -> Bool? {
        guard let place = forth ? later.popLast() : earlier.popLast() else { return nil }
        let here = shown
        if forth { earlier.append(here) } else { later.append(here) }
        return settle(place)
    }

    private func settle(_ wanted: String) -> Bool {
        if let root = root(wanted) {
            drive = root
            return true
        }
        let target = resolve(wanted)
        guard FileText.isDirectory(target) else { return false }
        let on = fileDrive(of: wanted)
        (drive, path, fileDrive) = (nil, target, on)
        if let on, let rest = on.rest(of: target) { on.current = rest }
        return true
    }
}
