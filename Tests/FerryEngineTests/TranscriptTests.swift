import FerryEngine
import FerryTestKit
import Testing

/// Runs every transcript beside it: dialogues with a runspace that has the probe commands.
@Suite struct TranscriptTests {
    private static var folder: String {
        #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Transcripts"
    }

    @Test(arguments: Transcript.files(in: folder)) func `a dialogue goes as recorded`(path: String) async throws {
        let transcript = try Transcript(path: path)
        #expect(!transcript.sections.isEmpty)
        let mismatches = try await onThread {
            Result { () throws -> [Transcript.Mismatch] in
                try transcript.run { setting in
                    let host = RecordingHost(mergesErrors: true)
                    let runspace = Runspace(host: host)
                    runspace.register(ProbeCommands.module)
                    if let folder = setting.folder { _ = runspace.location.move(to: folder) }
                    return { input in
                        host.text = ""
                        runspace.runLine(input)
                        return host.text
                    }
                }
            }
        }.get()
        for mismatch in mismatches { Issue.record("\(mismatch)") }
    }
}
