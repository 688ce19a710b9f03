package import FerryCore
import Glibc

/// A program to start.
package struct Program: Sendable {
    /// What a standard stream is connected to.
    package enum Stream: Sendable {
        case null
        case descriptor(SharedDescriptor)
        /// Opened for appending, made (mode 0600) when missing.
        case appending(String)
    }

    /// Absolute path.
    package var path: String
    /// Without the program's own name.
    package var arguments: [String]
    /// The whole environment, nothing is inherited.
    package var environment: [String: String]
    package var folder: String?
    package var input = Stream.null
    package var output = Stream.null
    package var error = Stream.null
    /// Become 3, 4, 5 … in the program; all other descriptors are closed.
    package var kept: [SharedDescriptor] = []
    package var startsSession = true
    package var umask: UInt32?

    package init(_ path: String, _ arguments: [String] = [], environment: [String: String] = Program.plainEnvironment) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
    }

    /// What a system program needs to find others and to speak plainly.
    package static let plainEnvironment = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C",
    ]

    /// The absolute path of a program on our PATH and in the system's usual folders, nil when it is not installed.
    package static func find(_ name: String) -> String? {
        if name.contains("/") {
            // SAFETY: a zero-terminated copy that outlives the call.
            return unsafe access(name, X_OK) == 0 ? name : nil
        }
        let path = environmentValue("PATH") ?? ""
        let folders =
            path.split(separator: ":").map(String.init) + ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]
        for folder in folders where folder.hasPrefix("/") {
            let candidate = "\(folder)/\(name)"
            // SAFETY: as above.
            if unsafe access(candidate, X_OK) == 0, !Folder.exists(candidate) { return candidate }
        }
        return nil
    }

    /// `find`, as a failure that names the package.
    package static func require(_ name: String, package: String) throws(Failure) -> String {
        if let found = find(name) { return found }
        throw Failure(
            LinuxFault.programMissing, "The program \(name) is not installed.", target: name,
            advice: "Install it with: apt install \(package)")
    }

    package static func environmentValue(_ name: String) -> String? {
        // SAFETY: nothing in Ferry changes the environment, so the value is stable while it is copied.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
