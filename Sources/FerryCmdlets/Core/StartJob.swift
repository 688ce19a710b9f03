import FerryEngine

/// Runs a script block or a script in the background, in a session of its own.
struct StartJob: Cmdlet {
    static let block = Parameter<ScriptBlock?>("ScriptBlock", aliases: ["Command"], position: 0, mandatory: true)
    static let file = Parameter<String>("FilePath", position: 0, mandatory: true, validate: [.notNullOrEmpty])
    static let literalFile = Parameter<String>("LiteralPath", aliases: ["PSPath", "LP"], mandatory: true)
    static let initialization = Parameter<ScriptBlock?>("InitializationScript", position: 1)
    static let name = Parameter<String?>("Name", pipeline: .byProperty, validate: [.notNullOrEmpty])
    static let arguments = Parameter<[Value]>("ArgumentList", aliases: ["Args"])
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let folder = Parameter<String?>("WorkingDirectory", validate: [.notNullOrWhiteSpace])

    static let runAs32 = Parameter<Bool>.switch("RunAs32")

    static let signature = Signature(
        "Start-Job", typeName: "Microsoft.PowerShell.Commands.StartJobCommand", defaultSet: "ComputerName",
        outputs: [JobObject.baseType], parameters: [name, initialization, input, arguments, folder, runAs32],
        sets: [
            ParameterSet("ComputerName", [block]), ParameterSet("FilePathComputerName", [file]),
            ParameterSet("LiteralFilePathComputerName", [literalFile]),
        ])

    private var items: [Value] = []

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard call[Self.runAs32] else { return }
        throw io.failing(
            "RunAs32NotSupported", .invalidOperation, "The RunAs32 parameter is not supported in a 64-bit process.",
            exception: "System.InvalidOperationException")
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(Self.input) { items.append(call[Self.input]) }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let block = try JobScript.block(call, Self.block, Self.file, Self.literalFile, io) else { return }
        var task = try ScriptTask(block, io)
        task.initialization = call[Self.initialization].map { Parcel(.object($0)) }
        task.arguments = call[Self.arguments].map { Parcel($0) }
        task.input = items.map { Parcel($0) }
        task.folder = try JobScript.folder(call, Self.folder, io)
        let job = io.jobs.make(
            name: call[Self.name], kind: JobKind.background, location: "localhost", command: block.text,
            children: [(location: "localhost", command: block.text)])
        for child in job.children { io.jobs.background.submit(child, task.body) }
        try io.emit(JobObject(job).value)
    }
}

/// What a job command runs, and where.
enum JobScript {
    /// The script block, or a block of the file's text.
    static func block(
        _ call: Call, _ block: Parameter<ScriptBlock?>, _ file: Parameter<String>, _ literal: Parameter<String>?,
        _ io: CommandIO
    ) throws(Stop) -> ScriptBlock? {
        if let given = call[block] { return given }
        let isLiteral = literal.map { call.isBound($0) } ?? false
        let written = if isLiteral, let literal { call[literal] } else { call[file] }
        return try io.runspace.makeScriptBlock(file: written)
    }

    static func folder(_ call: Call, _ key: Parameter<String?>, _ io: CommandIO) throws(Stop) -> String? {
        guard let folder = call[key] else { return nil }
        let path = io.runspace.location.resolve(folder)
        guard FileItem.isFolder(path) else {
            throw io.failing(
                "DirectoryNotFoundException", .invalidOperation,
                "The working directory '\(folder)' does not exist or is not a directory.", target: .string(folder),
                exception: "System.IO.DirectoryNotFoundException")
        }
        return path
    }
}
