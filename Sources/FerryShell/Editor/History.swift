import Foundation

/// Where lines typed at the prompt are kept.
enum History {
    /// `$XDG_STATE_HOME/ferry/history`, else `~/.local/state/ferry/history`; nil when its folder cannot be made.
    static func path(_ environment: [String: String]) -> String? {
        guard let home = environment["HOME"] else { return nil }
        let folder = (environment["XDG_STATE_HOME"] ?? home + "/.local/state") + "/ferry"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            return folder + "/history"
        } catch {
            return nil
        }
    }
}
