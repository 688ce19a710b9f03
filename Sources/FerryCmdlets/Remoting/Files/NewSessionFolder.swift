import FerryEngine

/// Makes a folder, and those it is in, for a copy through a session.
struct NewSessionFolder: Cmdlet {
    /// Absolute.
    static let path = Parameter<String>("Path", position: 0, mandatory: true)

    static let signature = Signature("New-SessionFolder", parameters: [path])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        do throws(Stop) { try FileChange.makeFolder(call[Self.path]) } catch {
            guard let record = error.record else { throw error }
            throw io.failing(record)
        }
    }
}
