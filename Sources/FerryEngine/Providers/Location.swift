import Glibc

/// Where the runspace is: a folder or one of the session's own drives, and the places `Push-Location` set aside. The process's own
/// folder is not touched.
package final class Location {
    /// The folder. Programs run here and file names are relative to it also while the session's place is another drive.
    package private(set) var path: String
    /// The drive when the place is none of the file system's: `Env`, `Variable`, `Function`, `Alias`.
    package private(set) var drive: String?
    /// The places that were set aside, of each stack by its name; the newest is last.
    private var stacks: [String: [String]] = [:]
    /// The stack that is used where none is named: `Set-Location -StackName`.
    package private(set) var stackName = "default"
    /// Drives of the file system that the session made, by folded name.
    private var folders: [String: FileDrive] = [:]
    private var previous: String?

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

    init() {
        // SAFETY: getcwd allocates the buffer it returns; it is copied and freed here.
        if let buffer = unsafe getcwd(nil, 0) {
            path = unsafe String(cString: buffer)
            unsafe free(buffer)
        } else {
            path = "/"
        }
    }

    /// An absolute path without `.` and `..`; `~` is the home folder.
    package func resolve(_ text: String) -> String {
        var text = text
        if let qualified = Location.qualified(text), qualified.provider.folded == "filesystem" { text = qualified.path }
        // A backslash parts folders as a slash does.
        if text.contains("\\") {
            text = text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "/")
        }
        if text == "~" || text.hasPrefix("~/") { text = (Environment.value("HOME") ?? "/") + text.dropFirst() }
        if let colon = text.firstIndex(of: ":"), let drive = folders[String(text[..<colon]).folded] {
            text = PathText.join(drive.root, String(text[text.index(after: colon)...]))
        }
        if text.lowercased().hasPrefix("temp:") {
            text = PathText.join(Environment.value("TMPDIR") ?? "/tmp", String(text.dropFirst(5)))
        }
        return PathText.normalized(text.hasPrefix("/") ? text : path + "/" + text)
    }

    /// Drives made with `New-PSDrive`, by name.
    package var fileDrives: [FileDrive] { folders.values.sorted { $0.name.folded < $1.name.folded } }

    /// Puts a folder at the beginning of paths under a name. Returns `false` if the name is taken.
    package func addDrive(_ drive: FileDrive) -> Bool {
        let key = drive.name.folded
        guard folders[key] == nil, key != "temp", !Self.drives.contains(where: { $0.folded == key }) else {
            return false
        }
        folders[key] = drive
        return true
    }

    /// Returns `false` if there is no such drive.
    package func removeDrive(_ name: String) -> Bool { folders.removeValue(forKey: name.folded) != nil }

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

    /// The place as `$PWD` and the prompt show it: `/root`, `Env:/`.
    package var shown: String { drive.map { $0 + ":/" } ?? path }

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

    /// Goes to a folder or a drive; `-` goes back. Returns `false` if there is no such place.
    package func move(to text: String) -> Bool {
        let wanted = qualify(text == "-" ? previous ?? shown : text)
        let here = shown
        if let root = root(wanted) {
            drive = root
        } else {
            let target = resolve(wanted)
            guard FileText.isDirectory(target) else { return false }
            drive = nil
            path = target
        }
        previous = here
        return true
    }
}
