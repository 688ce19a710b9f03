import FerryEngine
import Glibc

/// The files and folders that an absolute path names, or that are in a folder, for a copy through a session.
struct GetSessionItem: Cmdlet {
    static let path = Parameter<String>("Path", position: 0, mandatory: true)
    static let literal = Parameter<Bool>.switch("Literal")
    /// Wildcards stand for hidden files, too.
    static let force = Parameter<Bool>.switch("Force")
    static let child = Parameter<Bool>.switch("Child")

    static let signature = Signature("Get-SessionItem", parameters: [path, literal, force, child])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let path = call[Self.path]
        if call[Self.child] {
            guard let names = FileItem.contents(of: path) else {
                let stop = ArrivingFile.stop(errno, path, "read")
                throw stop.record.map { io.failing($0) } ?? stop
            }
            for name in names {
                try io.interrupt.check()
                if let item = SessionItem(here: (path == "/" ? "" : path) + "/" + name) { try io.emit(item.value) }
            }
            return
        }
        let isPattern = !call[Self.literal] && WildcardPattern.isPattern(path)
        let plain = call[Self.literal] ? path : WildcardPattern.unescape(path)
        for found in isPattern ? FileGlob.expand(path, hidden: call[Self.force]) : [plain] {
            if let item = SessionItem(here: found) { try io.emit(item.value) }
        }
    }
}
