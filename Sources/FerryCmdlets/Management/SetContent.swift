import FerryEngine
import Glibc

/// Writes a file anew, one object a line.
struct SetContent: Cmdlet {
    static let signature = ContentWriter.signature("Set-Content")
    private var writer = ContentWriter(appends: false)
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { try writer.add(call) }
    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) { try writer.write(call, io) }
}
