package import FerryEngine
import Glibc

/// Changes to the file system, each failing with the error .NET would raise.
package enum FileChange {
    /// - Parameter action: what was attempted, for messages: `remove item`.
    static func stop(_ code: Int32, _ path: String, id given: String, doing action: String) -> Stop {
        let id = given == writerID ? writerID(code) : given
        return switch code {
        case EACCES, EPERM:
            failure(
                id, .permissionDenied, "Access to the path '\(path)' is denied.", path,
                "System.UnauthorizedAccessException")
        case ENOENT:
            failure(
                id, .objectNotFound, "Could not find a part of the path '\(path)'.", path,
                "System.IO.DirectoryNotFoundException")
        case EEXIST:
            failure(id, .resourceExists, "The file '\(path)' already exists.", path, "System.IO.IOException")
        case ENOTEMPTY:
            failure(id, .writeError, "Directory not empty : '\(path)'.", path, "System.IO.IOException")
        case ENOTDIR, EISDIR:
            failure(
                id, .invalidArgument,
                "Cannot \(action) '\(path)': a folder stands where a file is needed, or the other way round.",
                path, "System.IO.IOException")
        case ENOSPC:
            failure(
                id, .writeError, "Cannot \(action) '\(path)': no space is left on the device.", path,
                "System.IO.IOException")
        case EROFS:
            failure(
                id, .writeError, "Cannot \(action) '\(path)': the file system is read-only.", path,
                "System.IO.IOException")
        default:
            failure(id, .writeError, "Cannot \(action) '\(path)': system error \(code).", path, "System.IO.IOException")
        }
    }

    /// Stands for the ids of PowerShell's content writer, which go by what happened.
    static let writerID = "GetContentWriter"

    private static func writerID(_ code: Int32) -> String {
        switch code {
        case EACCES, EPERM: writerID + "UnauthorizedAccessError"
        case ENOENT: writerID + "DirectoryNotFoundError"
        default: writerID + "IOError"
        }
    }

    private static func failure(_ id: String, _ category: ErrorCategory, _ text: String, _ path: String, _ type: String)
        -> Stop
    {
        .error(
            ErrorRecord(ExceptionObject(type, text), errorID: id, category: category, target: .string(path)))
    }

    static func makeFolder(_ path: String) throws(Stop) {
        var current = ""
        for part in path.split(separator: "/") {
            current += "/" + part
            if FileItem.isFolder(current) { continue }
            if unsafe mkdir(current, 0o777) != 0, errno != EEXIST {
                throw stop(errno, current, id: "CreateDirectoryUnauthorizedAccessError", doing: "create folder")
            }
        }
        if !FileItem.isFolder(path), path != "/" {
            throw stop(EEXIST, path, id: "DirectoryExist", doing: "create folder")
        }
    }

    /// Removes a file, link or whole tree. Links are removed, never followed.
    ///
    /// - Parameter interrupt: ends it; what is not removed by then stays.
    package static func remove(_ path: String, _ interrupt: Interrupt?) throws(Stop) {
        try interrupt?.check()
        guard let status = FileItem.status(of: path, followingLinks: false) else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            guard let names = FileItem.contents(of: path) else {
                throw stop(errno, path, id: "RemoveItemUnauthorizedAccessError", doing: "remove item")
            }
            for name in names { try remove(path == "/" ? "/" + name : path + "/" + name, interrupt) }
            if unsafe rmdir(path) != 0 {
                throw stop(errno, path, id: "RemoveItemUnauthorizedAccessError", doing: "remove item")
            }
        } else if unsafe unlink(path) != 0 {
            throw stop(errno, path, id: "RemoveFileSystemItemUnAuthorizedAccess", doing: "remove item")
        }
    }

    /// Opens a file to write. `-Force` opens one that nobody may write as well: its mode is changed for that moment.
    ///
    /// - Returns: the descriptor, or -1 with `errno`.
    static func openToWrite(_ path: String, _ flags: Int32, mode: mode_t = 0o666, force: Bool) -> Int32 {
        let descriptor = unsafe open(path, flags | O_WRONLY | O_CLOEXEC, mode)
        guard descriptor < 0, errno == EACCES, force else { return descriptor }
        guard let status = FileItem.status(of: path, followingLinks: true), status.st_mode & S_IFMT == S_IFREG,
            status.st_mode & 0o200 == 0, unsafe chmod(path, status.st_mode & 0o7777 | 0o200) == 0
        else {
            errno = EACCES
            return -1
        }
        let opened = unsafe open(path, flags | O_WRONLY | O_CLOEXEC, mode)
        let code = errno
        _ = unsafe opened >= 0 ? fchmod(opened, status.st_mode & 0o7777) : chmod(path, status.st_mode & 0o7777)
        errno = code
        return opened
    }

    /// Opens a pipe in the file system to write as soon as somebody reads it.
    ///
    /// - Returns: the descriptor, or -1 with `errno`; nil for everything that is no pipe.
    static func openPipe(_ path: String, _ interrupt: Interrupt) throws(Stop) -> Int32? {
        guard let status = FileItem.status(of: path, followingLinks: true), status.st_mode & S_IFMT == S_IFIFO else {
            return nil
        }
        while true {
            try interrupt.check()
            let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor < 0 else {
                _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
                return descriptor
            }
            // No reader yet.
            guard errno == ENXIO || errno == EINTR else { return -1 }
            usleep(20_000)
        }
    }

    /// Copies one file with its permissions and times, replacing what is there. Holes stay holes.
    ///
    /// - Parameters:
    ///   - force: replaces what is read-only, too.
    ///   - interrupt: ends the copying; what has been written by then stays.
    static func copyFile(
        _ source: String, to target: String, force: Bool = false, interrupt: Interrupt? = nil
    ) throws(Stop) {
        // A pipe that nobody writes into would be waited for without end.
        let input = unsafe open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard input >= 0 else { throw stop(errno, source, id: "CopyError", doing: "read") }
        defer { _ = close(input) }
        var status = stat()
        // SAFETY: fstat fills the structure it is given.
        guard unsafe fstat(input, &status) == 0 else { throw stop(errno, source, id: "CopyError", doing: "read") }
        guard status.st_mode & S_IFMT != S_IFIFO else {
            throw failure(
                "CopyError", .writeError, "Cannot copy '\(source)': it is a pipe.", source, "System.IO.IOException")
        }
        // Another name of the same file: opening it to write would empty it.
        if let identity = FileIdentity(source), FileIdentity(target) == identity {
            throw failure(
                "CopyError", .writeError, "Cannot overwrite the item \(source) with itself.", source,
                "System.IO.IOException")
        }
        let output = openToWrite(target, O_CREAT | O_TRUNC, mode: status.st_mode & 0o777, force: force)
        guard output >= 0 else { throw stop(errno, target, id: "CopyError", doing: "write") }
        var isOpen = true
        defer { if isOpen { _ = close(output) } }
        // A device keeps what it holds where nothing is written: there, holes are written as the zeros they are read as.
        let isSparse =
            status.st_mode & S_IFMT == S_IFREG && Int64(status.st_blocks) * 512 < Int64(status.st_size)
            && Self.isFile(output)
        if isSparse {
            try copyData(of: input, to: output, Int64(status.st_size), source, target, interrupt)
        } else {
            try copyBytes(of: input, to: output, source, target, interrupt)
        }
        let times = [status.st_atim, status.st_mtim]
        // File systems without times of their own keep the copy all the same.
        // SAFETY: two structures are passed, as many as are read.
        _ = unsafe times.withUnsafeBufferPointer { unsafe futimens(output, $0.baseAddress) }
        isOpen = false
        // Some file systems say only now that they could not keep what was written (close(2)): who moves keeps the source then.
        guard close(output) == 0 || errno == EINTR else { throw stop(errno, target, id: "CopyError", doing: "write") }
    }

    private static func isFile(_ descriptor: Int32) -> Bool {
        var status = stat()
        // SAFETY: fstat fills the structure it is given.
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// What comes next in a file, to its end or for so many bytes.
    private static func copyBytes(
        of input: Int32, to output: Int32, limit: Int64 = .max, _ source: String, _ target: String,
        _ interrupt: Interrupt?
    ) throws(Stop) {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var left = limit
        while left > 0 {
            try interrupt?.check()
            let wanted = Int(min(left, Int64(buffer.count)))
            // SAFETY: both calls get the buffer's own bounds, and it outlives them.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(input, $0.baseAddress, wanted) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw stop(errno, source, id: "CopyError", doing: "read") }
            if count == 0 { break }
            try write(buffer[..<count], to: output, path: target, id: "CopyError")
            left -= Int64(count)
        }
    }

    /// lseek(2): `SEEK_DATA` and `SEEK_HOLE`, which the C library declares for its own extensions only.
    private static let (seekData, seekHole) = (Int32(3), Int32(4))

    /// The parts of a file that hold data, each to its place: what lies between them takes no space in the copy, either.
    private static func copyData(
        of input: Int32, to output: Int32, _ size: Int64, _ source: String, _ target: String, _ interrupt: Interrupt?
    ) throws(Stop) {
        guard ftruncate(output, off_t(size)) == 0 else { throw stop(errno, target, id: "CopyError", doing: "write") }
        var place: Int64 = 0
        while place < size {
            var start = lseek(input, off_t(place), seekData)
            if start < 0 {
                // No data from here on; or a file system that knows nothing of holes.
                if errno == ENXIO { break }
                start = off_t(place)
            }
            var end = lseek(input, start, seekHole)
            if end <= start { end = off_t(size) }
            guard lseek(input, start, SEEK_SET) == start, lseek(output, start, SEEK_SET) == start else {
                throw stop(errno, source, id: "CopyError", doing: "read")
            }
            try copyBytes(of: input, to: output, limit: Int64(end - start), source, target, interrupt)
            place = Int64(end)
        }
    }

    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, path: String, id: String) throws(Stop) {
        var rest = bytes
        while !rest.isEmpty {
            // SAFETY: the slice lives for the call and the count is its own.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw stop(errno, path, id: id, doing: "write") }
            rest = rest.dropFirst(count)
        }
    }

    /// Renames, or copies and removes where source and target are on different file systems.
    ///
    /// - Parameters:
    ///   - id: the error id where it cannot.
    ///   - interrupt: ends the copying; the source is whole then, and what has been copied stays.
    static func move(
        _ source: String, to target: String, id: String = "MoveFileInfoItemIOError", interrupt: Interrupt? = nil
    ) throws(Stop) {
        if unsafe rename(source, target) == 0 { return }
        guard errno == EXDEV else { throw stop(errno, source, id: id, doing: "move") }
        try copyTree(source, to: target, interrupt)
        // What has arrived whole is not left in two places.
        try remove(source, nil)
    }

    /// Copies a tree that is moved: links stay links.
    private static func copyTree(_ source: String, to target: String, _ interrupt: Interrupt?) throws(Stop) {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        // SAFETY: at most the buffer's size less one is written; the rest stays zero.
        let count = unsafe readlink(source, &text, text.count - 1)
        if count > 0 {
            guard unsafe symlink(text, target) == 0 else {
                throw stop(errno, target, id: "MoveItemIOError", doing: "link")
            }
            return
        }
        guard FileItem.isFolder(source) else { return try copyFile(source, to: target, interrupt: interrupt) }
        guard let names = FileItem.contents(of: source), let status = FileItem.status(of: source, followingLinks: true)
        else { throw stop(errno, source, id: "MoveItemIOError", doing: "read") }
        // What others may not see is not shown to them meanwhile, either.
        guard unsafe mkdir(target, status.st_mode & 0o777 | 0o700) == 0 || errno == EEXIST else {
            throw stop(errno, target, id: "MoveItemIOError", doing: "create folder")
        }
        for name in names {
            try interrupt?.check()
            try copyTree(source + "/" + name, to: target + "/" + name, interrupt)
        }
        // Last, because a folder that nobody may write takes no files. File systems without permissions keep their own.
        _ = unsafe chmod(target, status.st_mode & 0o7777)
    }

    /// Copies the files of a tree without its folders: all into `target`, or over it where that is no folder. A link to a folder is
    /// not followed.
    static func copyFiles(
        of folder: String, to target: String, _ filter: WildcardPattern?, force: Bool, _ interrupt: Interrupt
    ) throws(Stop) {
        for name in FileItem.names(in: folder) {
            try interrupt.check()
            let path = folder + "/" + name
            guard let item = FileItem(path) else { continue }
            if item.isFolder {
                if item.unixMode.first != "l", path != target {
                    try copyFiles(of: path, to: target, filter, force: force, interrupt)
                }
            } else if filter?.matches(name) ?? true {
                let place = FileItem.isFolder(target) ? target + "/" + name : target
                if place != path { try copyFile(path, to: place, force: force, interrupt: interrupt) }
            }
        }
    }
}
