import FerryEngine
import Foundation

/// Where modules are found: what `FERRY_MODULES` names, the user's own, the checkout's this program was built in, the system's.
enum ModuleFolders {
    static var all: [String] {
        var folders = Environment.value("FERRY_MODULES").map { $0.split(separator: ":").map(String.init) } ?? []
        if let home = Environment.value("HOME") { folders.append(home + "/.local/share/ferry/Modules") }
        if let checkout = ModuleFiles.checkoutFolder { folders.append(checkout) }
        folders.append("/usr/share/ferry/Modules")
        return folders
    }

    /// The view files of every module, each module from the first folder that has it.
    static var viewFiles: [String] {
        var seen: Set<String> = []
        var files: [String] = []
        for folder in all {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names.sorted() where seen.insert(name.lowercased()).inserted {
                let inside = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? []
                files += inside.filter { $0.hasSuffix(".format.ps1xml") }.sorted().map { "\(folder)/\(name)/\($0)" }
            }
        }
        return files
    }
}
