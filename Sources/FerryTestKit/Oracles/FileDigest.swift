package import FerryCore
import FerryLinux

/// SHA-256 of whole files, by the system's own program: an oracle that shares no code with the product.
package enum FileDigest {
    /// Lower-case hexadecimal. A hole reads as zeroes, and stays a hole.
    package static func sha256(_ path: String) throws(Failure) -> String {
        var command = Command(try Program.require("sha256sum", package: "coreutils"), ["--", path])
        command.timeout = scaled(.seconds(120))
        let text = try command.runSuccessfully().outputText
        // A name with special characters is announced by a backslash before the digest.
        return String(text.drop { $0 == "\\" }.prefix(64))
    }
}
