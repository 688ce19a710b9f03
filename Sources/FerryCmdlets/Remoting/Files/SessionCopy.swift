import FerryCore
import FerryEngine
import FerryRemoting

/// `Copy-Item -ToSession` and `-FromSession`: files and folders, in pieces, through the session's own channel.
struct SessionCopy {
    /// Folders within folders.
    static let depthLimit = 128
    /// What one folder may hold, as the other side says it.
    static let folderLimit = 1_000_000
    /// What gives up an unfinished file may take on the other side.
    private static let discardTime = Duration.seconds(5)

    let remote: RemoteSession
    let filter: ItemFilter
    let recurses: Bool
    let force: Bool
    /// The files of a folder all go into one: `-Container:$false`.
    let isFlat: Bool
    let io: CommandIO

    /// - Throws: what ends the command: both parameters, Ctrl-C. Everything else is reported.
    static func run(_ call: Call, _ paths: [String], isLiteral: Bool, _ io: CommandIO) throws(Stop) {
        let isSending = call.isBound(CopyItem.toSession)
        guard !isSending || !call.isBound(CopyItem.fromSession) else {
            throw io.failing(
                "InvalidInput", .invalidArgument,
                "'-FromSession' and '-ToSession' are mutually exclusive and cannot be specified at the same time.",
                exception: "System.ArgumentException")
        }
        let given = call[isSending ? CopyItem.toSession : CopyItem.fromSession]
        guard let session = given.hosted(SessionObject.self) else { return }
        let availability = try session.property("Availability")?.display ?? ""
        guard availability == "Available" else {
            return try io.report(
                "SessionIsNotAvailable", .invalidOperation,
                "Cannot perform operation because the session Availability is set to \(availability).", target: given,
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        let copy = SessionCopy(
            remote: session.remote, filter: try ItemFilter(call, io), recurses: call[CopyItem.recurse],
            force: call[CopyItem.force],
            isFlat: call[CopyItem.recurse] && call.isBound(CopyItem.container) && !call[CopyItem.container], io: io)
        let destination = call.isBound(CopyItem.destination) ? call[CopyItem.destination] : ""
        do throws(Stop) {
            if isSending {
                try copy.send(paths, isLiteral: isLiteral, to: destination)
            } else {
                let target = io.runspace.location.resolve(destination.isEmpty ? "." : destination)
                try copy.receive(paths, isLiteral: isLiteral, to: target, emits: call[CopyItem.passThru])
            }
        } catch { try copy.report(error) }
    }

    // MARK: Errors

    private var isUsable: Bool { if case .opened = remote.phase { true } else { false } }

    /// Goes on after an error of one item; the loss of the session is passed on.
    func report(_ stop: Stop) throws(Stop) {
        try io.interrupt.check()
        guard let record = stop.record else { throw stop }
        // The loss of a session is no error of this command's own.
        if !isUsable || record.commandTypeName != nil { try io.relay(record) } else { try io.report(record) }
    }

    /// As `report`, within a copy that ends with its session.
    func reportOne(_ stop: Stop) throws(Stop) {
        guard isUsable else { throw stop }
        try report(stop)
    }

    static func failure(_ id: String, _ category: ErrorCategory, _ text: String, _ path: String, _ type: String) -> Stop
    {
        .error(ErrorRecord(ExceptionObject(type, text), errorID: id, category: category, target: .string(path)))
    }

    static func missing(_ path: String) -> Stop {
        failure(
            "RemotePathNotFound", .objectNotFound, "Cannot find path '\(path)' because it does not exist.", path,
            "System.Management.Automation.ItemNotFoundException")
    }

    static func relative(_ path: String) -> Stop {
        failure(
            "RemotePathIsNotAbsolute", .invalidArgument,
            "The path '\(path)' is not valid. Only absolute paths are supported on remote copy operations.", path,
            "System.ArgumentException")
    }

    static func occupied(_ item: SessionItem, _ place: String) -> Stop {
        failure(
            "CopyError", .writeError, "Cannot copy a directory '\(item.path)' to file '\(place)'", item.path,
            "System.IO.IOException")
    }

    static func tooDeep(_ item: SessionItem) -> Stop {
        failure(
            "CopyItemRemotelyIOError", .limitsExceeded,
            "The folder '\(item.path)' was not copied: it lies in itself, or deeper than \(depthLimit) folders.",
            item.path, "System.IO.IOException")
    }

    // MARK: The other side

    /// Runs a script there.
    ///
    /// - Parameter take: gets what it puts out.
    /// - Throws: the first error there, as this command's; what `take` throws.
    func run(_ script: String, _ arguments: [Value], _ take: (Value) throws(Stop) -> Void = { _ in }) throws(Stop) {
        // Between two calls nothing listens: a Ctrl-C that came then is heard of here.
        try io.interrupt.check()
        var command = RemoteCommand(script)
        command.arguments = arguments
        command.showsComputerName = false
        var own: Stop?
        do throws(Stop) {
            try remote.run(command, interrupt: io.interrupt, host: nil) { record throws(Stop) in
                switch record {
                case .output(let parcel):
                    do throws(Stop) { try take(parcel.open()) } catch {
                        own = error
                        throw error
                    }
                case .error(let parcel):
                    if let record = parcel.open().asObject as? ErrorRecord { throw .error(record) }
                case .warning, .verbose, .debug, .information, .progress: return
                }
            }
        } catch {
            try io.interrupt.check()
            if let own { throw own }
            guard isUsable, let record = error.cause.record else { throw error }
            throw .error(adopted(record))
        }
    }

    /// An error of the other side's command as one of this command, from there.
    private func adopted(_ record: ErrorRecord) -> ErrorRecord {
        let id = record.errorID.split(separator: ",").first.map(String.init) ?? record.errorID
        let isForeign = id == "CommandNotFoundException"
        let exception =
            isForeign
            ? ExceptionObject(
                "System.Management.Automation.RemoteException",
                "The host's shell has no commands for files: sessions copy between hosts that run ferry.")
            : record.exception
        let made = ErrorRecord(exception, errorID: id, category: record.category, target: record.target)
        made.origin = remote.target.host
        return made
    }

    /// What an absolute path names there.
    func items(_ path: String, isLiteral: Bool) throws(Stop) -> [SessionItem] {
        try listed(
            "param($p, $l, $f) Get-SessionItem $p -Literal:$l -Force:$f",
            [.string(path), .bool(isLiteral), .bool(force)], path)
    }

    func children(of item: SessionItem) throws(Stop) -> [SessionItem] {
        try listed("param($p) Get-SessionItem $p -Child", [.string(item.path)], item.path)
    }

    private func listed(_ script: String, _ arguments: [Value], _ path: String) throws(Stop) -> [SessionItem] {
        var found: [SessionItem] = []
        try run(script, arguments) { value throws(Stop) in
            guard let item = SessionItem(value), found.count < Self.folderLimit else {
                throw Self.failure(
                    "CopyItemRemotelyFailedToGetDirectoryChildItems", .invalidData,
                    "Failed to get directory \(path) child items.", path, "System.IO.IOException")
            }
            found.append(item)
        }
        return found
    }

    /// The other side forgets an unfinished file, if it still listens.
    func discard() {
        guard isUsable else { return }
        let command = RemoteCommand("Write-SessionFile -Discard")
        // Whoever stopped the copy has stopped its interrupt, too.
        do throws(Stop) {
            try remote.run(command, within: Self.discardTime) { _ in }
        } catch {}
    }

    // MARK: Progress

    /// - Parameter done: bytes; all of them are the end of it.
    func show(_ source: String, _ target: String, _ done: Int64, of length: Int64) {
        // One piece is over before anybody could read of it.
        guard length > Int64(DepartingFile.pieceSize) else { return }
        io.progress(
            ProgressRecord(
                activity: "Copying \(source) to \(target)", status: "Host \(remote.target.host)",
                percentComplete: Int(min(100, done * 100 / length)), isCompleted: done >= length))
    }

    static func join(_ folder: String, _ name: String) -> String {
        name == "/" ? folder : folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}
