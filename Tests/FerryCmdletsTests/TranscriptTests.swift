import FerryEngine
import FerryTestKit
import Foundation
import Testing

/// Runs every transcript beside it: dialogues of an administrator with the shell's real commands.
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
                    let session = try TranscriptSession(setting)
                    return { session.run($0) }
                }
            }
        }.get()
        for mismatch in mismatches { Issue.record("\(mismatch)") }
    }

    @Test func `the transcripts are found`() {
        #expect(!Transcript.files(in: Self.folder).isEmpty)
    }

    /// Runs `body` on a thread with a runspace's stack while the test waits without holding one of the pool's threads: commands
    /// wait for asynchronous work, which needs them.
    private func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Runspace.onOwnThread(body)) }
        }
    }
}
