import FerryCore
import FerryLinux

/// A folder that is no machine's, and stays for what others have put into it.
package struct KeptFolder: Sendable, Hashable {
    package var path: String
    /// What is in it, sorted.
    package var names: [String]

    /// nil when it is gone, or empty and so nobody's loss.
    static func ifPresent(_ path: String) throws(Failure) -> KeptFolder? {
        guard Folder.exists(path) else { return nil }
        let names = try Folder.names(in: path)
        return names.isEmpty ? nil : KeptFolder(path: path, names: names)
    }

    private static let namesShown = 5

    /// For an administrator, who may want to do something about it.
    var description: String {
        let shown = names.prefix(Self.namesShown).joined(separator: ", ")
        let more = names.count > Self.namesShown ? " and \(names.count - Self.namesShown) more" : ""
        return
            "The folder \(path) is no virtual machine's. It was kept, for ferryd did not put there what it holds: \(shown)\(more)."
    }
}
