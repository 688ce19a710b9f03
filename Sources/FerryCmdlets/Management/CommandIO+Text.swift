import FerryEngine
import Glibc

extension CommandIO {
    /// Writes text to a file, made when it is not there.
    func writeText(
        _ text: String, to path: String, appends: Bool, encoding: TextEncoding = .utf8NoBOM, force: Bool = false
    ) throws(Stop) {
        let full = runspace.location.resolve(path)
        let size = FileItem.status(of: full, followingLinks: true)?.st_size ?? 0
        try writeBytes(
            encoding.bytes(of: text, isStart: !appends || size == 0), to: full, appends: appends, force: force)
    }

    /// - Parameters:
    ///   - path: absolute.
    ///   - force: writes a read-only file, too.
    /// - Parameter id: the error id where it cannot be written.
    func writeBytes(
        _ bytes: [UInt8], to path: String, appends: Bool, force: Bool = false, id: String = "FileOpenFailure"
    ) throws(Stop) {
        let descriptor = FileChange.openToWrite(path, O_CREAT | (appends ? O_APPEND : O_TRUNC), force: force)
        do throws(Stop) {
            guard descriptor >= 0 else {
                throw FileChange.stop(errno, path, id: id, doing: "open")
            }
            defer { _ = close(descriptor) }
            try FileChange.write(bytes[...], to: descriptor, path: path, id: id)
        } catch {
            guard let record = error.record else { throw error }
            throw failing(record)
        }
    }

    /// The one file that a path with or without wildcards names, to be written or read whole; it need not be there.
    func onlyFile(_ text: String, isLiteral: Bool) throws(Stop) -> String {
        let path = runspace.location.resolve(text)
        guard !isLiteral, WildcardPattern.isPattern(path) else { return path }
        let found = FileGlob.expand(path)
        if found.count == 1 { return found[0] }
        throw found.isEmpty
            ? failing(
                "FileOpenFailure", .openError,
                "Cannot perform operation because the wildcard path \(path) did not resolve to a file.",
                target: .string(path), exception: "System.IO.FileNotFoundException")
            : failing(
                "ReadWriteMultipleFilesNotSupported", .invalidArgument,
                "Cannot perform the operation because the path resolved to more than one file. This command cannot operate "
                    + "on multiple files.", target: .string(path),
                exception: "System.Management.Automation.PSInvalidOperationException")
    }

    /// The whole of a file, or what is behind `start`; larger files than memory should hold are refused.
    ///
    /// - Parameter id: the error id where it cannot be read.
    func readBytes(
        _ path: String, from start: Int = 0, id: String = "GetContentReaderUnauthorizedAccessError"
    ) throws(Stop) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FileChange.stop(errno, path, id: id, doing: "read")
        }
        defer { _ = close(descriptor) }
        if start > 0, lseek(descriptor, off_t(start), SEEK_SET) < 0 {
            throw FileChange.stop(errno, path, id: "GetContentReaderIOError", doing: "read")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            try interrupt.check()
            // SAFETY: reads at most the buffer's own size.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw FileChange.stop(errno, path, id: id, doing: "read")
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= 1 << 30 else {
                throw failing(
                    "FileTooLarge", .limitsExceeded, "The file '\(path)' is larger than 1 GB and was not read as text.",
                    target: .string(path), exception: "System.IO.IOException")
            }
        }
    }

    /// Lines of text without their ends; a last empty one does not count.
    static func lines(_ text: String) -> [String] {
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
            .map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
