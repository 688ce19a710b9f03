import FerryEngine
import Glibc

/// Takes a file that comes in pieces: begins it, adds to it, completes it, in one call or in several; or discards it.
struct WriteSessionFile: Cmdlet {
    /// Absolute. Begins a file; its id is put out.
    static let path = Parameter<String>("Path", mandatory: true)
    static let mode = Parameter<Int64>("Mode")
    static let force = Parameter<Bool>.switch("Force")
    /// Goes on with it.
    static let id = Parameter<String>("Id", mandatory: true)
    /// The next piece, base64.
    static let data = Parameter<String>("Data")
    static let complete = Parameter<Bool>.switch("Complete")
    static let length = Parameter<Int64>("Length")
    static let seconds = Parameter<Int64>("Seconds")
    static let nanoseconds = Parameter<Int64>("Nanoseconds")
    /// Nothing is left of the one that has begun and not arrived. It needs no id: who was interrupted may not have heard it.
    static let discard = Parameter<Bool>.switch("Discard")

    static let signature = Signature(
        "Write-SessionFile", defaultSet: "Id",
        parameters: [data, complete, length, seconds, nanoseconds],
        sets: [
            ParameterSet("Path", [path, mode, force]), ParameterSet("Id", [id]), ParameterSet("Discard", [discard]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        do throws(Stop) { try write(call, io) } catch {
            guard let record = error.record else { throw error }
            throw io.failing(record)
        }
    }

    private func write(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let arrivals: ArrivingFiles = io.runspace.service(ArrivingFiles.self) else { return }
        if call[Self.discard] { return arrivals.discard() }
        let file: ArrivingFile
        if call.parameterSet == "Path" {
            file = try ArrivingFile(
                at: call[Self.path], mode: UInt32(truncatingIfNeeded: call[Self.mode]), force: call[Self.force])
            try arrivals.begin(file)
            try io.emit(.string(file.id))
        } else {
            guard let known = arrivals.file(call[Self.id]) else {
                throw ArrivingFile.stop(EBADF, call[Self.id], "write")
            }
            file = known
        }
        do throws(Stop) {
            if call.isBound(Self.data) {
                guard let piece = DepartingFile.piece(of: call[Self.data]) else {
                    throw ArrivingFile.stop(EBADMSG, file.path, "write")
                }
                try file.append(piece)
            }
            if call[Self.complete] {
                let time = timespec(
                    tv_sec: Int(call[Self.seconds]), tv_nsec: Int(min(max(call[Self.nanoseconds], 0), 999_999_999)))
                try file.complete(length: call[Self.length], written: time)
            }
        } catch {
            arrivals.end(file)
            throw error
        }
        if call[Self.complete] { arrivals.end(file) }
    }
}
