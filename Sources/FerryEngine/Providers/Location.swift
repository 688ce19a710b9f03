import Glibc

/// The runspace's current folder, and the ones `Push-Location` set aside. The process's own folder is not touched.
package final class Location {
    package private(set) var path: String
    package var stack: [String] = []
    private var previous: String?

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
        if text.lowercased().hasPrefix("filesystem::") { text = String(text.dropFirst(12)) }
        if text == "~" || text.hasPrefix("~/") { text = (Environment.value("HOME") ?? "/") + text.dropFirst() }
        if text.lowercased().hasPrefix("temp:") {
            text = PathText.join(Environment.value("TMPDIR") ?? "/tmp", String(text.dropFirst(5)))
        }
        return PathText.normalized(text.hasPrefix("/") ? text : path + "/" + text)
    }

    /// Goes to a folder; `-` goes back. Returns `false` if there is no such folder.
    package func move(to text: String) -> Bool {
        let target = text == "-" ? previous ?? path : resolve(text)
        guard FileText.isDirectory(target) else { return false }
        previous = path
        path = target
        return true
    }
}
