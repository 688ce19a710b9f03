package import FerryCore
import FerryLinux

/// Bytes that a release wrote, kept beside the tests: what one version wrote, every later one reads. Update them knowingly,
/// with a new version: `FERRY_UPDATE_GOLDEN=1`.
package enum GoldenFile {
    /// Kept as hexadecimal, 32 bytes a line.
    ///
    /// - Parameter bytes: what is written today; kept first when an update was asked for.
    package static func hex(_ path: String, now bytes: [UInt8]) throws(Failure) -> [UInt8] {
        let kept = try text(path, now: Array(spelled(bytes).utf8))
        return try kept.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map {
            (digits) throws(Failure) -> UInt8 in
            guard let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
                throw Failure(LinuxFault.notFound, "\(path) is not hexadecimal.", target: path)
            }
            return byte
        }
    }

    /// Kept as it is.
    package static func text(_ path: String, now bytes: [UInt8]) throws(Failure) -> [UInt8] {
        if Program.environmentValue("FERRY_UPDATE_GOLDEN") == "1" {
            try Folder.create(path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }, mode: 0o755)
            try DurableFile.replace(path, with: bytes, mode: 0o644)
        }
        return try DurableFile.read(path)
    }

    /// `Golden/v1` beside the folder of the test file `source`, which is at `<target>/<subject>/<file>`.
    package static func folder(of source: String) -> String {
        source.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/Golden/v1"
    }

    private static func spelled(_ bytes: [UInt8]) -> String {
        var text = ""
        for (index, byte) in bytes.enumerated() {
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
            text += index % 32 == 31 ? "\n" : " "
        }
        return text + "\n"
    }
}
