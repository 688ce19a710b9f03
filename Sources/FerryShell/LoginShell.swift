import Foundation
import Glibc

/// `ferry -Login`, and a ferry started under a name that begins with `-`: the environment a login gives (`/etc/profile`,
/// `~/.profile`) is sh's to read, so sh reads it and then becomes ferry.
enum LoginShell {
    /// Whether the words ask for it: `-Login` is the first, or the program's own name says so.
    static func isAsked(by words: [String], programName: String) -> Bool {
        if programName.hasPrefix("-") { return true }
        guard let first = words.first, first.hasPrefix("-") else { return false }
        let name = first.drop { $0 == "-" }.lowercased()
        return !name.isEmpty && "login".hasPrefix(name)
    }

    /// Becomes sh, which becomes ferry again; returns only when that is not possible, and ferry then goes on without.
    static func begin(_ words: [String], programName: String) {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return }
        let rest = programName.hasPrefix("-") ? words : Array(words.dropFirst())
        let arguments = ["-sh", "-l", "-c", "exec \"$0\" \"$@\"", program] + rest
        // SAFETY: strdup'ed strings live until the process becomes another; they are freed when it does not.
        var pointers = unsafe arguments.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        _ = unsafe execv("/bin/sh", pointers)
        unsafe pointers.forEach { unsafe free($0) }
    }
}
