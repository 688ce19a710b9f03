import FerryEngine
import Glibc

/// Writes at the end of a file, one object a line.
struct AddContent: Cmdlet {
    static let signature = ContentWriter.signature("Add-Content")
    private var writer = ContentWriter(appends: true)
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try writer.add(call) }
    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) { try writer.write(call, io) }
}
