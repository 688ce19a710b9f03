/// The four scripts that a session at the prompt begins with, in the order they run: `$PROFILE`.
package struct ProfilePaths: Sendable {
    package let allUsersAllHosts: String
    package let allUsersCurrentHost: String
    package let currentUserAllHosts: String
    package let currentUserCurrentHost: String

    /// - Parameter home: the folder that the user's own lie under as `ferry/…`.
    package init(system: String = "/etc/ferry", user: String) {
        allUsersAllHosts = system + "/profile.ps1"
        allUsersCurrentHost = system + "/Microsoft.PowerShell_profile.ps1"
        currentUserAllHosts = user + "/profile.ps1"
        currentUserCurrentHost = user + "/Microsoft.PowerShell_profile.ps1"
    }

    /// As the environment says: `$XDG_CONFIG_HOME/ferry`, else `~/.config/ferry`.
    package static var standard: ProfilePaths {
        let folder =
            Environment.value("XDG_CONFIG_HOME") ?? PathText.join(Environment.value("HOME") ?? "/", ".config")
        return ProfilePaths(user: PathText.join(folder, "ferry"))
    }

    package var inOrder: [String] {
        [allUsersAllHosts, allUsersCurrentHost, currentUserAllHosts, currentUserCurrentHost]
    }
}

/// `$PROFILE`: text, the path of the user's own for this host, with the other three as properties.
package final class ProfileObject: Object {
    private let paths: ProfilePaths

    package init(_ paths: ProfilePaths) { self.paths = paths }

    package override var typeName: RuntimeType { .string }
    package override var text: String { paths.currentUserCurrentHost }
    package override var propertyNames: [String] {
        ["AllUsersAllHosts", "AllUsersCurrentHost", "CurrentUserAllHosts", "CurrentUserCurrentHost", "Length"]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "allusersallhosts": .string(paths.allUsersAllHosts)
        case "alluserscurrenthost": .string(paths.allUsersCurrentHost)
        case "currentuserallhosts": .string(paths.currentUserAllHosts)
        case "currentusercurrenthost": .string(paths.currentUserCurrentHost)
        case "length": .count(text.length)
        default: nil
        }
    }
}
