/// A folder that paths begin with under a name of its own: `New-PSDrive Logs FileSystem /var/log` makes `Logs:/syslog` a path.
package final class FileDrive {
    package let name: String
    /// Absolute.
    package let root: String
    package let description: String
    /// The folder one is in on this drive, from its root: `Logs:` alone means it. Without a slash at either end.
    var current = ""
    /// The scope the drive was made in; it goes with it.
    private weak var owner: ScopeRarities?

    /// - Parameter scope: where the drive belongs.
    package init(name: String, root: String, description: String, in scope: Scope) {
        self.name = name
        self.root = root
        self.description = description
        owner = scope.shared
    }

    /// Whether the scope it was made in is still there.
    var isAlive: Bool { owner != nil }

    /// Whether it was made in exactly that scope.
    package func belongs(to scope: Scope) -> Bool { owner === scope.shared }

    /// A path as this drive shows it: `Logs:/syslog`; nil for one outside of it.
    package func shown(_ path: String) -> String? { rest(of: path).map { name + ":/" + $0 } }

    /// A path from the drive's root, without a slash in front; nil for one outside of it.
    func rest(of path: String) -> String? {
        if path == root { return "" }
        let folder = root == "/" ? "/" : root + "/"
        return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : nil
    }
}
