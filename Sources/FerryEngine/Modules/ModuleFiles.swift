import FerryLinux

/// Where module files lie.
package enum ModuleFiles {
    /// `Modules/` of the checkout this program was built in; nil for an installed one.
    package static let checkoutFolder: String? = {
        guard let program = try? CanonicalPath.of("/proc/self/exe") else { return nil }
        let parts = program.split(separator: "/")
        guard let build = parts.lastIndex(of: ".build") else { return nil }
        let folder = "/" + parts[..<build].joined(separator: "/") + "/Modules"
        return FileText.isDirectory(folder) ? folder : nil
    }()

    /// The folders of the modules that come with the program: what `FERRY_MODULES` names, the checkout's, the system's.
    package static var own: [String] {
        let named = Environment.value("FERRY_MODULES").map { $0.split(separator: ":").map(String.init) } ?? []
        return named + (checkoutFolder.map { [$0] } ?? []) + ["/usr/share/ferry/Modules"]
    }

    /// The folders of one's own modules, of the computer's, and the first of the program's.
    static var standard: [String] {
        let home = Environment.value("HOME").map { [$0 + "/.local/share/ferry/Modules"] } ?? []
        return home + ["/usr/local/share/ferry/Modules"] + own.prefix(1)
    }

    /// The folders of `$env:PSModulePath`, in order; the standard ones where it is not set.
    static var folders: [String] {
        guard let path = Environment.value("PSModulePath"), !path.isEmpty else { return standard }
        return path.split(separator: ":").map(String.init)
    }

    /// The folders whose modules have help that is found without loading them.
    static var withHelp: [String] {
        let first = own
        return first + folders.filter { !first.contains($0) }
    }

    /// Puts the standard folders in front of `$env:PSModulePath` where they are not in it: at the start of a program.
    package static func completeSearchPath() {
        let known = (Environment.value("PSModulePath") ?? "").split(separator: ":").map(String.init)
        let missing = standard.filter { !known.contains($0) }
        if !missing.isEmpty { Environment.set("PSModulePath", to: (missing + known).joined(separator: ":")) }
    }

    /// The manifest, else the script, of that name in a folder, whatever its case.
    static func inside(_ folder: String, _ stem: String) -> String? {
        let entries = FileText.entries(of: folder)
        for ending in [".psd1", ".psm1"] {
            if let found = entries.first(where: { $0.folded == (stem + ending).folded }) { return folder + "/" + found }
        }
        return nil
    }

    /// The module files of a module's folder: one in each folder named by a version, the newest first, then its own.
    static func files(of folder: String, _ stem: String) -> [String] {
        let versions = FileText.entries(of: folder).compactMap { item in
            VersionNumber(item).map { (version: $0, item: item) }
        }
        let newest = versions.sorted { $0.version > $1.version }.compactMap { inside("\(folder)/\($0.item)", stem) }
        return newest + (inside(folder, stem).map { [$0] } ?? [])
    }

    /// Whether a name says where its module lies instead of what it is called.
    static func isRooted(_ name: String) -> Bool {
        name.hasPrefix("/") || name.hasPrefix(".") || name.hasPrefix("~") || name.hasPrefix("\\") || name.contains(":")
    }

    /// The files a name or path may mean, best first.
    static func candidates(_ name: String, _ location: Location) -> [String] {
        var text = name.replacing("\\", with: "/")
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        if isRooted(text) { return at(location.resolve(text)) }
        var found: [String] = []
        for folder in folders {
            if text.contains("/") {
                found += at(PathText.join(folder, text))
            } else if let entry = FileText.entries(of: folder).first(where: { $0.folded == text.folded }) {
                found += files(of: folder + "/" + entry, entry)
            }
        }
        return found.isEmpty && text.contains("/") ? at(location.resolve(text)) : found
    }

    private static func at(_ path: String) -> [String] {
        if FileText.isFile(path) { return [path] }
        if FileText.isDirectory(path) {
            let name = PathText.leaf(path)
            let found = files(of: path, name)
            // Name/1.2: the folder of one version.
            if found.isEmpty, VersionNumber(name) != nil {
                return inside(path, PathText.leaf(PathText.parent(path))).map { [$0] } ?? []
            }
            return found
        }
        return [".psd1", ".psm1", ".ps1"].map { path + $0 }.filter { FileText.isFile($0) }
    }
}
