import FerryEngine
import Foundation

/// Begins to write what the session shows into a file as well.
struct StartTranscript: Cmdlet {
    static let path = Parameter<String>("Path", position: 0, validate: [.notNullOrEmpty])
    static let literalPath = Parameter<String>(
        "LiteralPath", aliases: ["PSPath", "LP"], position: 0, validate: [.notNullOrEmpty])
    static let folder = Parameter<String>("OutputDirectory", validate: [.notNullOrEmpty])
    static let append = Parameter<Bool>.switch("Append")
    static let force = Parameter<Bool>.switch("Force")
    static let noClobber = Parameter<Bool>.switch("NoClobber", aliases: ["NoOverwrite"])
    static let commandTimes = Parameter<Bool>.switch("IncludeInvocationHeader")
    static let minimal = Parameter<Bool>.switch("UseMinimalHeader")
    static let signature = Signature(
        "Start-Transcript", typeName: "Microsoft.PowerShell.Commands.StartTranscriptCommand", shouldProcess: .medium,
        defaultSet: "ByPath", outputs: [.string], parameters: [append, force, noClobber, commandTimes, minimal],
        sets: [
            ParameterSet("ByPath", [path]), ParameterSet("ByLiteralPath", [literalPath]),
            ParameterSet("ByOutputDirectory", [folder]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let path = try file(call, io)
        if FileText.isDirectory(path) { throw failure("File path \(path) resolves to a directory.", path, io) }
        if FileText.exists(path) {
            if call[Self.noClobber], !call[Self.append] {
                throw io.failing(
                    "NoClobber", .resourceExists, "File \(path) already exists and NoClobber was specified.",
                    target: .string(path), exception: "System.UnauthorizedAccessException")
            }
            if !FileManager.default.isWritableFile(atPath: path) {
                guard call[Self.force] else {
                    throw failure(
                        "File \(path) is read-only. Cannot write to this file. \"Start-Transcript -Force\" will clear the "
                            + "read-only attribute.", path, io)
                }
                try? FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            }
        }
        guard try io.confirms("Start-Transcript", path) else { return }
        if call.isBound(Self.folder) || !call.isBound(Self.path) && !call.isBound(Self.literalPath) {
            try? FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        }
        var settings = Transcription.Settings()
        settings.isMinimal = call[Self.minimal]
        settings.hasCommandTimes = call[Self.commandTimes]
        let refusal = io.runspace.transcription.start(
            path, appends: call[Self.append], settings: settings, runspace: io.runspace)
        if let refusal { throw failure(refusal.contains(path) ? refusal : "\(refusal) : '\(path)'", path, io) }
        try io.emit(.string("Transcript started, output file is \(path)"))
    }

    private func failure(_ reason: String, _ path: String, _ io: CommandIO) -> Stop {
        io.failing(
            "CannotStartTranscription", .invalidOperation,
            "Transcription cannot be started due to the error: \(reason)", target: .string(path),
            exception: "System.Management.Automation.PSInvalidOperationException")
    }

    /// The file as named; else `$Transcript`; else one of a name nobody has, in `-OutputDirectory` or the home folder.
    private func file(_ call: Call, _ io: CommandIO) throws(Stop) -> String {
        if call.isBound(Self.path) { return io.runspace.location.resolve(call[Self.path]) }
        if call.isBound(Self.literalPath) { return io.runspace.location.resolve(call[Self.literalPath]) }
        if !call.isBound(Self.folder), case .string(let chosen) = io.variable("Transcript"), !chosen.isEmpty {
            return io.runspace.location.resolve(chosen)
        }
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-")
        let random = String((0..<8).map { _ in letters.randomElement() ?? "0" })
        let name =
            "PowerShell_transcript.\(Environment.hostName).\(random).\(DateFormat.text(.now, "yyyyMMddHHmmss")).txt"
        let folder = call.isBound(Self.folder) ? call[Self.folder] : "~"
        return io.runspace.location.resolve(folder + "/" + name)
    }
}
