import Glibc

/// A file being written as text. Closed by `close`, or when it goes away.
final class TextFileWriter {
    private let path: String
    private var descriptor: Int32

    private let encoding: EncodingObject?

    /// - Parameter encoding: the name of one; nil or one that is not known: UTF-8 without a byte order mark.
    init(_ path: String, appends: Bool, encoding name: String? = nil) throws(Stop) {
        self.path = path
        let kind = name.flatMap { EncodingObject.kind(named: $0.folded) }
        let hasMark = name?.folded == "utf8bom" || name?.folded == "utf-8"
        encoding =
            hasMark
            ? EncodingObject(.utf8, isMarked: true)
            : kind == .utf8 ? nil : kind.map { EncodingObject($0, isMarked: true) }
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : O_TRUNC), 0o666)
        if descriptor < 0 { throw FileFailure.stop(errno, path, doing: "open") }
        guard let encoding else { return }
        // A byte order mark begins a file that is empty.
        let end = lseek(descriptor, 0, SEEK_END)
        if end == 0 { try write(bytes: encoding.mark[...]) }
    }

    deinit {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    func write(_ text: String) throws(Stop) {
        try write(bytes: (encoding?.encode(text) ?? Array(text.utf8))[...])
    }

    func write(bytes: ArraySlice<UInt8>) throws(Stop) {
        var rest = bytes
        while !rest.isEmpty {
            // SAFETY: the buffer lives for the call and the count is its own.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileFailure.stop(errno, path, doing: "write")
            }
            rest = rest.dropFirst(count)
        }
    }

    func close() throws(Stop) {
        guard descriptor >= 0 else { return }
        let result = Glibc.close(descriptor)
        descriptor = -1
        if result < 0, errno != EINTR { throw FileFailure.stop(errno, path, doing: "close") }
    }
}

/// An errno as the exception .NET raises for it.
package enum FileFailure {
    static func stop(_ code: Int32, _ path: String, doing action: String) -> Stop {
        let (exception, id, category, message): (String, String, ErrorCategory, String) =
            switch code {
            case ENOENT:
                (
                    "System.IO.DirectoryNotFoundException", "FileOpenFailure", .openError,
                    "Could not find a part of the path '\(path)'."
                )
            case EACCES, EPERM:
                (
                    "System.UnauthorizedAccessException", "FileOpenFailure", .openError,
                    "Access to the path '\(path)' is denied."
                )
            case EISDIR:
                (
                    "System.UnauthorizedAccessException", "FileOpenFailure", .openError,
                    "Access to the path '\(path)' is denied: it is a directory."
                )
            default:
                (
                    "System.IO.IOException", "FileOpenFailure", .writeError,
                    "Could not \(action) '\(path)': \(reason(code))."
                )
            }
        return .runtime(id, category, message, target: .string(path), exception: exception)
    }

    package static func reason(_ code: Int32) -> String {
        // SAFETY: strerror returns a static or thread-local C string that is copied at once.
        unsafe String(cString: strerror(code))
    }
}
