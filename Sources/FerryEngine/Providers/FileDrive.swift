/// A folder that paths begin with under a name of its own: `New-PSDrive Logs FileSystem /var/log` makes `Logs:/syslog` a path.
package struct FileDrive {
    package let name: String
    /// Absolute.
    package let root: String
    package let description: String

    package init(name: String, root: String, description: String) {
        self.name = name
        self.root = root
        self.description = description
    }
}
