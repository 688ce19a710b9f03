import Foundation

/// `[IO.Path]`, `[IO.File]`, `[IO.Directory]`
enum FileMembers {
    static let tables: [TypeMembers] = [path, file, directory, drive]

    private static let path = TypeMembers("System.IO.Path") {
        $0.constant("DirectorySeparatorChar", .char) { .char(47) }
        $0.constant("AltDirectorySeparatorChar", .char) { .char(47) }
        $0.constant("PathSeparator", .char) { .char(58) }
        $0.staticMethod("Combine", "static string Combine(string path1, string path2)", 1...16) { call throws(Stop) in
            var result = ""
            var parts: [String] = []
            for argument in call.arguments { parts += (argument.elements ?? [argument]).map(\.display) }
            for part in parts {
                if part.hasPrefix("/") || result.isEmpty {
                    result = part
                } else if !part.isEmpty {
                    result = result.hasSuffix("/") ? result + part : result + "/" + part
                }
            }
            return .string(result)
        }
        $0.staticMethod("Join", "static string Join(string path1, string path2)", 2...16) { call throws(Stop) in
            var result = try call.string(0)
            for index in 1..<call.count {
                let part = try call.string(index)
                if part.isEmpty { continue }
                result =
                    result.isEmpty || result.hasSuffix("/") || part.hasPrefix("/") ? result + part : result + "/" + part
            }
            return .string(result)
        }
        $0.staticMethod("GetFileName", "static string GetFileName(string path)", 1...1) { call throws(Stop) in
            let text = try call.string(0)
            return .string(text.lastIndex(of: "/").map { String(text[text.index(after: $0)...]) } ?? text)
        }
        $0.staticMethod("GetFileNameWithoutExtension", "static string GetFileNameWithoutExtension(string path)", 1...1)
        {
            call throws(Stop) in
            let text = try call.string(0)
            return .string(text.hasSuffix("/") ? "" : PathText.stem(text))
        }
        $0.staticMethod("GetExtension", "static string GetExtension(string path)", 1...1) { call throws(Stop) in
            .string(PathText.fileExtension(try call.string(0)))
        }
        $0.staticMethod("GetDirectoryName", "static string GetDirectoryName(string path)", 1...1) { call throws(Stop) in
            let text = try call.string(0)
            guard text != "/", let slash = text.lastIndex(of: "/") else { return text == "/" ? .null : .string("") }
            return .string(slash == text.startIndex ? "/" : String(text[..<slash]))
        }
        $0.staticMethod("GetFullPath", "static string GetFullPath(string path)", 1...2) { call throws(Stop) in
            .string(call.runspace.location.resolve(try call.string(0)))
        }
        $0.staticMethod("GetTempPath", "static string GetTempPath()", 0...0) { call throws(Stop) in
            let folder = Environment.value("TMPDIR") ?? "/tmp"
            return .string(folder.hasSuffix("/") ? folder : folder + "/")
        }
        $0.staticMethod("GetTempFileName", "static string GetTempFileName()", 0...0) { call throws(Stop) in
            let name = PathText.join(
                Environment.value("TMPDIR") ?? "/tmp", "tmp\(String(GUID().text.filter { $0 != "-" }.prefix(8))).tmp")
            try TextFileWriter(name, appends: false).close()
            return .string(name)
        }
        $0.staticMethod("GetRandomFileName", "static string GetRandomFileName()", 0...0) { call throws(Stop) in
            let digits = GUID().text.filter { $0 != "-" }
            return .string("\(digits.prefix(8)).\(digits.dropFirst(8).prefix(3))")
        }
        $0.staticMethod("GetPathRoot", "static string GetPathRoot(string path)", 1...1) { call throws(Stop) in
            .string(try call.string(0).hasPrefix("/") ? "/" : "")
        }
        $0.staticMethod("GetRelativePath", "static string GetRelativePath(string relativeTo, string path)", 2...2) {
            call throws(Stop) in
            let base = try resolved(call).split(separator: "/")
            let path = try resolved(call, 1).split(separator: "/")
            let common = zip(base, path).prefix { $0 == $1 }.count
            let steps = Array(repeating: "..", count: base.count - common) + path.dropFirst(common).map(String.init)
            return .string(steps.isEmpty ? "." : steps.joined(separator: "/"))
        }
        $0.staticMethod(
            "TrimEndingDirectorySeparator", "static string TrimEndingDirectorySeparator(string path)", 1...1
        ) {
            call throws(Stop) in
            let text = try call.string(0)
            return .string(text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text)
        }
        $0.staticMethod("EndsInDirectorySeparator", "static bool EndsInDirectorySeparator(string path)", 1...1) {
            call throws(Stop) in
            .bool(try call.string(0).hasSuffix("/"))
        }
        $0.staticMethod("IsPathRooted", "static bool IsPathRooted(string path)", 1...1) { call throws(Stop) in
            .bool(try call.string(0).hasPrefix("/"))
        }
        $0.staticMethod("HasExtension", "static bool HasExtension(string path)", 1...1) { call throws(Stop) in
            .bool(!PathText.fileExtension(try call.string(0)).isEmpty)
        }
        $0.staticMethod("ChangeExtension", "static string ChangeExtension(string path, string extension)", 2...2) {
            call throws(Stop) in
            let text = try call.string(0)
            let stem = String(text.dropLast(PathText.fileExtension(text).count))
            var suffix = try call.string(1)
            if call.arguments[1].isNull { return .string(stem) }
            if !suffix.hasPrefix(".") { suffix = "." + suffix }
            return .string(stem + suffix)
        }
        $0.staticMethod("GetInvalidFileNameChars", "static char[] GetInvalidFileNameChars()", 0...0) {
            call throws(Stop) in
            .array(ArrayObject([.char(0), .char(47)], of: .char))
        }
        $0.staticMethod("GetInvalidPathChars", "static char[] GetInvalidPathChars()", 0...0) { call throws(Stop) in
            .array(ArrayObject([.char(0)], of: .char))
        }
    }

    /// .NET's errors in a call of a file method.
    static func attempt<Result>(_ call: MethodCall, _ body: () throws(Stop) -> Result) throws(Stop) -> Result {
        do throws(Stop) {
            return try body()
        } catch {
            guard let exception = error.record?.exception else { throw error }
            throw call.failed(exception.exceptionType.fullName, exception.message)
        }
    }

    static func resolved(_ call: MethodCall, _ index: Int = 0) throws(Stop) -> String {
        let text = try call.string(index)
        guard !text.isEmpty else {
            throw call.failed(
                "System.ArgumentException", "The value cannot be an empty string. (Parameter 'path')")
        }
        return call.runspace.location.resolve(text)
    }

    private static func write(_ call: MethodCall, appends: Bool, lines: Bool) throws(Stop) -> Value {
        let path = try resolved(call)
        let content = call.arguments[1]
        try attempt(call) { () throws(Stop) in
            let encoding = call.count > 2 ? call.arguments[2].asObject as? EncodingObject : nil
            let isNew = !appends || !FileText.exists(path)
            let writer = try TextFileWriter(path, appends: appends)
            if isNew, let mark = encoding?.mark, !mark.isEmpty { try writer.write(bytes: mark[...]) }
            func write(_ text: String) throws(Stop) {
                guard let encoding else { return try writer.write(text) }
                try writer.write(bytes: encoding.encode(text)[...])
            }
            if lines {
                for line in content.elements ?? [content] { try write(line.display + "\n") }
            } else {
                try write(content.display)
            }
            try writer.close()
        }
        return .nothing
    }

    private static func checked(_ call: MethodCall, _ status: Int32, _ path: String, _ action: String) throws(Stop) {
        guard status != 0 else { return }
        let code = errno
        try attempt(call) { () throws(Stop) in throw FileFailure.stop(code, path, doing: action) }
    }

    /// A file to read; that there is none is said of the file.
    static func opened(_ path: String) throws(Stop) -> StreamObject {
        guard FileText.exists(path) else {
            throw .runtime(
                "FileReadError", .openError, "Could not find file '\(path)'.", target: .string(path),
                exception: "System.IO.FileNotFoundException")
        }
        return try StreamObject(opening: path)
    }

    /// A whole file as text: as its mark says, else in the encoding that is the second argument.
    private static func contents(_ call: MethodCall, _ path: String) throws(Stop) -> String {
        try attempt(call) { () throws(Stop) in
            let bytes = try FileText.readBytes(path, call.runspace.interrupt).bytes
            let marks: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]]
            guard call.count > 1, let encoding = call.arguments[1].asObject as? EncodingObject,
                !marks.contains(where: { bytes.starts(with: $0) })
            else { return FileText.decode(bytes) }
            return encoding.decode(bytes)
        }
    }

    private static let ages = [
        ("GetLastWriteTime", "LastWriteTime"), ("GetLastWriteTimeUtc", "LastWriteTimeUtc"),
        ("GetCreationTime", "CreationTime"), ("GetCreationTimeUtc", "CreationTimeUtc"),
        ("GetLastAccessTime", "LastAccessTime"), ("GetLastAccessTimeUtc", "LastAccessTimeUtc"),
    ]

    private static let file = TypeMembers("System.IO.File") {
        $0.staticMethod("Exists", "static bool Exists(string path)", 1...1) { call throws(Stop) in
            let text = try call.string(0)
            return .bool(!text.isEmpty && FileText.isFile(call.runspace.location.resolve(text)))
        }
        $0.staticMethod("ReadAllText", "static string ReadAllText(string path)", 1...2) { call throws(Stop) in
            let path = try resolved(call)
            return .string(try contents(call, path))
        }
        for name in ["ReadAllLines", "ReadLines"] {
            $0.staticMethod(name, "static string[] \(name)(string path)", 1...2) { call throws(Stop) in
                let path = try resolved(call)
                let reader = TextReaderObject(text: try contents(call, path))
                var lines: [Value] = []
                while let line = try reader.line() { lines.append(.string(line)) }
                return .array(ArrayObject(lines, of: .string))
            }
        }
        $0.staticMethod("OpenText", "static System.IO.StreamReader OpenText(string path)", 1...1) { call throws(Stop) in
            let path = try resolved(call)
            return try attempt(call) { () throws(Stop) in TextReaderObject(try opened(path), nil).value }
        }
        for (name, appends) in [("CreateText", false), ("AppendText", true)] {
            $0.staticMethod(name, "static System.IO.StreamWriter \(name)(string path)", 1...1) { call throws(Stop) in
                let path = try resolved(call)
                return try attempt(call) { () throws(Stop) in
                    try TextWriterObject(path, appends: appends, nil).value
                }
            }
        }
        $0.staticMethod("WriteAllBytes", "static void WriteAllBytes(string path, byte[] bytes)", 2...2) {
            call throws(Stop) in
            let path = try resolved(call)
            let bytes = SystemMembers.bytes(try call.convert(1, .array(of: .byte)))
            try attempt(call) { () throws(Stop) in
                let writer = try TextFileWriter(path, appends: false)
                try writer.write(bytes: bytes[...])
                try writer.close()
            }
            return .nothing
        }
        $0.staticMethod("Copy", "static void Copy(string sourceFileName, string destFileName, bool overwrite)", 2...3) {
            call throws(Stop) in
            let (source, target) = (try resolved(call), try resolved(call, 1))
            if FileText.exists(target), call.count < 3 || !call.arguments[2].isTrue {
                throw call.failed("System.IO.IOException", "The file '\(target)' already exists.")
            }
            try attempt(call) { () throws(Stop) in
                let stream = try opened(source)
                let writer = try TextFileWriter(target, appends: false)
                while true {
                    try call.runspace.interrupt.check()
                    let part = try stream.read(1 << 16)
                    if part.isEmpty { break }
                    try writer.write(bytes: part[...])
                }
                try writer.close()
            }
            return .nothing
        }
        for (name, property) in ages {
            $0.staticMethod(name, "static datetime \(name)(string path)", 1...1) { call throws(Stop) in
                let item = FileItem(naming: try resolved(call), isFolder: false)
                return try item.property(property) ?? .null
            }
        }
        $0.staticMethod("OpenRead", "static System.IO.FileStream OpenRead(string path)", 1...1) { call throws(Stop) in
            let path = try resolved(call)
            return try attempt(call) { () throws(Stop) in try StreamObject(opening: path).value }
        }
        $0.staticMethod("ReadAllBytes", "static byte[] ReadAllBytes(string path)", 1...1) { call throws(Stop) in
            let path = try resolved(call)
            let bytes = try attempt(call) { () throws(Stop) in
                try FileText.readBytes(path, call.runspace.interrupt).bytes
            }
            return .array(ArrayObject(bytes.map { .number(.byte($0)) }, of: .byte))
        }
        $0.staticMethod("WriteAllText", "static void WriteAllText(string path, string contents)", 2...3) {
            call throws(Stop) in
            try write(call, appends: false, lines: false)
        }
        $0.staticMethod("AppendAllText", "static void AppendAllText(string path, string contents)", 2...3) {
            call throws(Stop) in
            try write(call, appends: true, lines: false)
        }
        $0.staticMethod("WriteAllLines", "static void WriteAllLines(string path, string[] contents)", 2...3) {
            call throws(Stop) in
            try write(call, appends: false, lines: true)
        }
        $0.staticMethod("AppendAllLines", "static void AppendAllLines(string path, string[] contents)", 2...3) {
            call throws(Stop) in
            try write(call, appends: true, lines: true)
        }
        $0.staticMethod("Delete", "static void Delete(string path)", 1...1) { call throws(Stop) in
            let path = try resolved(call)
            if FileText.exists(path) { try checked(call, unsafe unlink(path), path, "delete") }
            return .nothing
        }
        $0.staticMethod("Move", "static void Move(string sourceFileName, string destFileName)", 2...3) {
            call throws(Stop) in
            let (source, target) = (try resolved(call), try resolved(call, 1))
            guard FileText.exists(source) else {
                throw call.failed("System.IO.FileNotFoundException", "Could not find file '\(source)'.")
            }
            if FileText.exists(target), call.count < 3 || !call.arguments[2].isTrue {
                throw call.failed(
                    "System.IO.IOException",
                    "Cannot create '\(target)' because a file or directory with the same name already exists.")
            }
            try checked(call, unsafe rename(source, target), source, "move")
            return .nothing
        }
    }

    private static let drive = TypeMembers(DriveInfoObject.type.fullName) {
        $0.staticMethod("GetDrives", "static System.IO.DriveInfo[] GetDrives()", 0...0) { _ throws(Stop) in
            .array(ArrayObject(DriveInfoObject.all().map(\.value), of: .object))
        }
        $0.make { call throws(Stop) in
            guard call.count == 1 else { throw call.noOverload() }
            return DriveInfoObject(try resolved(call)).value
        }
    }

    /// Which entries each method gives: folders, files, or both.
    private static let listings: [(String, Bool?)] = [
        ("GetFiles", false), ("GetDirectories", true), ("EnumerateFiles", false), ("EnumerateDirectories", true),
        ("GetFileSystemEntries", nil), ("EnumerateFileSystemEntries", nil),
    ]

    private static let directory = TypeMembers("System.IO.Directory") {
        $0.staticMethod("Exists", "static bool Exists(string path)", 1...1) { call throws(Stop) in
            let text = try call.string(0)
            return .bool(!text.isEmpty && FileText.isDirectory(call.runspace.location.resolve(text)))
        }
        $0.staticMethod("CreateDirectory", "static System.IO.DirectoryInfo CreateDirectory(string path)", 1...1) {
            call throws(Stop) in
            let path = try resolved(call)
            var current = ""
            for part in path.split(separator: "/") {
                current += "/" + part
                if !FileText.isDirectory(current) { try checked(call, unsafe mkdir(current, 0o777), current, "create") }
            }
            return FileItem(naming: path, isFolder: true).value
        }
        $0.staticMethod("GetCurrentDirectory", "static string GetCurrentDirectory()", 0...0) { call throws(Stop) in
            .string(call.runspace.location.path)
        }
        for (name, wantsFolders) in listings {
            $0.staticMethod(
                name, "static string[] \(name)(string path, string searchPattern, System.IO.SearchOption searchOption)",
                1...3
            ) { call throws(Stop) in
                let folder = try resolved(call)
                guard FileText.isDirectory(folder) else {
                    throw call.failed(
                        "System.IO.DirectoryNotFoundException", "Could not find a part of the path '\(folder)'.")
                }
                let pattern = WildcardPattern(call.count > 1 ? try call.string(1) : "*", caseSensitive: true)
                let isDeep = call.count > 2 && call.arguments[2].display.folded == "alldirectories"
                var found: [Value] = []
                var folders = [folder]
                while let next = folders.popLast() {
                    try call.runspace.interrupt.check()
                    for entry in FileText.entries(of: next) {
                        let path = PathText.join(next, entry)
                        let isFolder = FileText.isDirectory(path)
                        if pattern.matches(entry), wantsFolders ?? isFolder == isFolder { found.append(.string(path)) }
                        if isFolder, isDeep, !FileText.isLink(path) { folders.append(path) }
                    }
                }
                return .array(ArrayObject(found, of: .string))
            }
        }
        $0.staticMethod("Delete", "static void Delete(string path)", 1...1) { call throws(Stop) in
            let path = try resolved(call)
            try checked(call, unsafe rmdir(path), path, "delete")
            return .nothing
        }
    }
}
