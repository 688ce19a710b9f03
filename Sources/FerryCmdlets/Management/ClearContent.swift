import FerryEngine

/// Empties files and keeps them.
struct ClearContent: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let force = Parameter<Bool>.switch("Force")
    static let signature = Signature(
        "Clear-Content", typeName: "Microsoft.PowerShell.Commands.ClearContentCommand", shouldProcess: .medium,
        parameters: [path, force])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for file in try io.files(call[Self.path]) {
            if FileItem.isFolder(file) {
                try io.report(
                    "ClearDirectoryContent", .invalidOperation, "Unable to clear content of the folder '\(file)'.",
                    target: .string(file), exception: "System.NotSupportedException")
                continue
            }
            if try io.confirms("Clear Content", "Item: \(file)") { try io.writeBytes([], to: file, appends: false) }
        }
    }
}
