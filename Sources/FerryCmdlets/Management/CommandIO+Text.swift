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
        let descriptor =
            try FileChange.openPipe(path, interrupt)
            ?? FileChange.openToWrite(path, O_CREAT | (appends ? O_APPEND : O_TRUNC), force: force)
        do throws(Stop) {
            guard descriptor >= 0 else {
                throw FileChange.stop(errno, path, id: id, doing: "open")
            }
            defer { _ = close(descriptor) }
            try FileChange.write(bytes[...], to: descriptor, path: path, id: id)
        } catch {
            guard let record = error.record else { throw error }
            // .NET refuses to open a folder, as what must not be written.
            if id == "FileOpenFailure" {
                let isFolder = FileItem.isFolder(path)
                throw failing(
                    id, .openError, isFolder ? "Access to the path '\(path)' is denied." : record.message,
                    target: .string(path),
                    exception: isFolder ? "System.UnauthorizedAccessException" : record.exception.exceptionType.fullName
                )
            }
            throw failing(record)
        }
    }

    /// The one file that a path with or without wildcards names, to be written or read whole; it need not be there.
    func onlyFile(_ text: String, isLiteral: Bool) throws(Stop) -> String {
        let path = runspace.location.resolve(text)
        let wanted = runspace.location.pattern(text)
        guard !isLiteral, WildcardPattern.isPattern(wanted) else { return path }
        let found = FileGlob.expand(wanted)
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
        guard let file = FileReader(path, interrupt) else {
            throw FileChange.stop(errno, path, id: id, doing: "read")
        }
        if start > 0, file.seek(to: start) == nil {
            throw FileChange.stop(errno, path, id: "GetContentReaderIOError", doing: "read")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            guard let count = try file.read(into: &buffer) else {
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
        var lines: [String] = []
        let bytes = Array(text.utf8)
        var cutter = LineCutter()
        cutter.cut(bytes, isLast: true) { lines.append($0) }
        return lines
    }
}
