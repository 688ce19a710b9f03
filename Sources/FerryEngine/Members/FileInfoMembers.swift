import Glibc

/// `[IO.FileInfo]` and `[IO.DirectoryInfo]`.
enum FileInfoMembers {
    static let tables: [TypeMembers] = [files, folders]

    /// An object for what a path names, whether or not it is there.
    /// Whether `make` knows the type: asked before a path is made of a value that may be none.
    static func makes(_ type: RuntimeType) -> Bool { type == FileItem.fileType || type == FileItem.folderType }

    /// - Parameter written: the path as it was given, which stays the object's text.
    static func make(_ type: String, _ path: String, written: String) -> Value? {
        switch type {
        case FileItem.fileType.fullName: FileItem(naming: path, isFolder: false, written: written).value
        case FileItem.folderType.fullName: FileItem(naming: path, isFolder: true, written: written).value
        default: nil
        }
    }

    private static let files = TypeMembers(FileItem.fileType.fullName) {
        common(&$0)
        $0.method("Create", "void Create()", 0...0) { call throws(Stop) in
            let item = try item(call)
            let descriptor = unsafe open(item.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw item.failure(errno) }
            _ = close(descriptor)
            return .nothing
        }
        $0.method("Delete", "void Delete()", 0...0) { call throws(Stop) in
            let item = try item(call)
            if unsafe unlink(item.path) != 0, errno != ENOENT { throw item.failure(errno) }
            return .nothing
        }
    }

    private static let folders = TypeMembers(FileItem.folderType.fullName) {
        common(&$0)
        $0.method("Create", "void Create()", 0...0) { call throws(Stop) in
            let item = try item(call)
            var folder = ""
            for part in item.path.split(separator: "/") {
                folder += "/" + part
                if !FileItem.isFolder(folder), unsafe mkdir(folder, 0o777) != 0 { throw item.failure(errno) }
            }
            return .nothing
        }
        $0.method("Delete", "void Delete()", 0...0) { call throws(Stop) in
            let item = try item(call)
            if unsafe rmdir(item.path) != 0 { throw item.failure(errno) }
            return .nothing
        }
        for (name, wanted) in [
            ("GetFiles", false), ("GetDirectories", true), ("GetFileSystemInfos", nil as Bool?),
            ("EnumerateFiles", false),
            ("EnumerateDirectories", true), ("EnumerateFileSystemInfos", nil),
        ] {
            $0.method(
                name,
                "System.IO.FileSystemInfo[] \(name)(string searchPattern, System.IO.SearchOption searchOption)", 0...2
            ) { call throws(Stop) in
                let item = try item(call)
                let pattern = WildcardPattern(call.count > 0 ? try call.string(0) : "*")
                var isDeep = false
                if call.count > 1,
                    case .symbol(let option) = try call.convert(1, RuntimeType(enum: EnumCatalog.searchOption))
                {
                    isDeep = option.number != 0
                }
                var found: [Value] = []
                var folders = [item.path]
                while let folder = folders.popLast() {
                    try call.runspace.interrupt.check()
                    guard let names = FileItem.contents(of: folder) else { throw item.failure(errno) }
                    for name in names {
                        let path = PathText.join(folder, name)
                        guard let entry = FileItem(path) else { continue }
                        if pattern.matches(name), wanted == nil || entry.isFolder == wanted {
                            found.append(entry.value)
                        }
                        if isDeep, entry.isFolder, !FileText.isLink(path) { folders.append(path) }
                    }
                }
                return .array(ArrayObject(found))
            }
        }
    }

    private static func common(_ builder: inout TypeMembers.Builder) {
        builder.make { call throws(Stop) in
            guard call.count == 1 else { throw call.noOverload() }
            let text = try call.string(0)
            guard !text.isEmpty,
                let made = make(call.type.fullName, call.runspace.location.resolve(text), written: text)
            else {
                throw call.failed(
                    "System.ArgumentException", "The value cannot be an empty string. (Parameter 'path')")
            }
            return made
        }
        builder.method("Refresh", "void Refresh()", 0...0) { call throws(Stop) in
            try item(call).refresh()
            return .nothing
        }
        builder.method("MoveTo", "void MoveTo(string destFileName)", 1...1) { call throws(Stop) in
            let item = try item(call)
            let target = call.runspace.location.resolve(try call.string(0))
            guard !FileItem.exists(target) else {
                throw call.failed("System.IO.IOException", "The file '\(target)' already exists.")
            }
            if unsafe rename(item.path, target) != 0 { throw item.failure(errno) }
            return .nothing
        }
    }

    private static func item(_ call: MethodCall) throws(Stop) -> FileItem {
        guard let item = call.target.hosted(FileItem.self) else { throw call.noOverload() }
        return item
    }
}
