import FerryEngine

/// Ends the transcript that was started last.
struct StopTranscript: Cmdlet {
    static let signature = Signature(
        "Stop-Transcript", typeName: "Microsoft.PowerShell.Commands.StopTranscriptCommand", shouldProcess: .medium,
        outputs: [.string])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard try io.confirms("Stop-Transcript", "") else { return }
        // What was shown so far belongs to it.
        io.runspace.flushOutput()
        guard let ended = io.runspace.transcription.stop() else {
            throw io.failing(
                "InvalidOperation", .invalidOperation,
                "An error occurred stopping transcription: The host is not currently transcribing.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        if let failure = ended.failure {
            try io.warn("The transcript \(ended.path) is not complete, because it could not be written: \(failure).")
        }
        try io.emit(.string("Transcript stopped, output file is \(ended.path)"))
    }
}
