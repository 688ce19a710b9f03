import FerryEngine

/// A file's bytes in pieces as base64, and after them their number.
struct ReadSessionFile: Cmdlet {
    static let path = Parameter<String>("Path", position: 0, mandatory: true)

    static let signature = Signature("Read-SessionFile", parameters: [path])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        do throws(Stop) {
            let file = try DepartingFile(call[Self.path])
            var length: Int64 = 0
            while let piece = try file.next() {
                try io.interrupt.check()
                length += Int64(piece.count)
                try io.emit(.string(DepartingFile.text(of: piece)))
            }
            try io.emit(.long(length))
        } catch {
            guard let record = error.record else { throw error }
            throw io.failing(record)
        }
    }
}
