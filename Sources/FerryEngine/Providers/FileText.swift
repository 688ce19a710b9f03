import Glibc

/// Identity and age of a file: when it is unchanged, what was read from it still holds.
struct FileStamp: Equatable {
    let device: UInt64
    let node: UInt64
    let size: Int64
    let seconds: Int64
    let nanoseconds: Int64
}

/// Whole text files, and what kind of thing a path is.
package enum FileText {
    /// Larger files are no scripts.
    private static let limit = 1 << 28

    /// - Parameter interrupt: what ends waiting for a pipe.
    static func read(_ path: String, _ interrupt: Interrupt? = nil) throws(Stop) -> (text: String, stamp: FileStamp) {
        let (bytes, stamp) = try readBytes(path, interrupt)
        return (decode(bytes), stamp)
    }

    static func readBytes(
        _ path: String, _ interrupt: Interrupt? = nil
    ) throws(Stop) -> (bytes: [UInt8], stamp: FileStamp) {
        guard let file = FileReader(path, interrupt) else { throw failure(errno, path) }
        let status = file.status
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            guard let count = try file.read(into: &buffer) else { throw failure(errno, path) }
            if count == 0 { break }
            bytes += buffer[..<count]
            if bytes.count > limit {
                throw .runtime(
                    "FileTooLarge", .limitsExceeded, "The file '\(path)' is too large to be read as text.",
                    exception: "System.IO.IOException")
            }
        }
        let stamp = FileStamp(
            device: UInt64(status.st_dev), node: UInt64(status.st_ino), size: Int64(status.st_size),
            seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
        return (bytes, stamp)
    }

    /// UTF-8 unless a byte order mark says otherwise.
    static func decode(_ bytes: [UInt8]) -> String {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return String(decoding: bytes.dropFirst(3), as: UTF8.self) }
        if bytes.starts(with: [0xFF, 0xFE]) {
            let units = stride(from: 2, to: bytes.count - 1, by: 2).map {
                UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8
            }
            return String(decoding: units, as: UTF16.self)
        }
        if bytes.starts(with: [0xFE, 0xFF]) {
            let units = stride(from: 2, to: bytes.count - 1, by: 2).map {
                UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
            }
            return String(decoding: units, as: UTF16.self)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func failure(_ code: Int32, _ path: String) -> Stop {
        if code == ENOENT {
            return .runtime(
                "FileReadError", .openError, "Could not find file '\(path)'.", target: .string(path),
                exception: "System.IO.FileNotFoundException")
        }
        return FileFailure.stop(code, path, doing: "read")
    }

    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode : nil
    }

    package static func isFile(_ path: String) -> Bool { mode(path).map { $0 & S_IFMT != S_IFDIR } ?? false }
    package static func isDirectory(_ path: String) -> Bool { mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false }
    package static func exists(_ path: String) -> Bool { mode(path) != nil }
    static func isLink(_ path: String) -> Bool {
        var status = stat()
        // SAFETY: lstat fills the structure it is given.
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
    static func isExecutable(_ path: String) -> Bool { unsafe isFile(path) && access(path, X_OK) == 0 }

    /// Names in a folder, sorted; empty when it cannot be read.
    static func entries(of folder: String) -> [String] {
        // SAFETY: the stream is closed below; names are copied from each entry before the next call.
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
