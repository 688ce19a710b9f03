import FerryLinux
import FerryTestKit
import Glibc
import Testing

@Suite struct TranscriptTests {
    private static let text = """
        # Adds
        //in-temp-dir
        //locale C
        PS> 1 + 1
        2
        PS> first
        >> second
        got 2 lines

        # Prints odd lines
        PS> odd
        \\# not a title

        \\PS> not an input
        PS> nothing

        """

    private static func evaluate(_ input: String) -> String {
        switch input {
        case "1 + 1": "2   \n"
        case "odd": "# not a title\n\nPS> not an input\n\n"
        case "nothing": ""
        default: "got \(input.split(separator: "\n").count) lines"
        }
    }

    @Test func `a file is read as sections, directives, inputs and outputs`() throws {
        let transcript = try Transcript(text: Self.text, path: "t")
        #expect(transcript.sections.map(\.title) == ["Adds", "Prints odd lines"])
        #expect(transcript.sections[0].directives == ["in-temp-dir", "locale C"])
        #expect(transcript.sections[0].steps.map(\.input) == ["1 + 1", "first\nsecond"])
        #expect(transcript.sections[0].steps.map(\.line) == [4, 6])
        #expect(transcript.sections[1].steps.map(\.expected) == [["# not a title", "", "PS> not an input"], []])
    }

    @Test func `outputs that match give no mismatch, and others say where`() throws {
        let transcript = try Transcript(text: Self.text, path: "t")
        var settings: [Transcript.Setting] = []
        let none = try transcript.run { setting in
            settings.append(setting)
            return Self.evaluate
        }
        #expect(none.isEmpty)
        #expect(settings.map(\.directives) == [["locale C"], []])
        #expect(settings[0].folder != nil && settings[1].folder == nil)
        #expect(!Folder.exists(settings[0].folder ?? ""), "the section's folder goes with it")

        let wrong = try transcript.run { _ in { input in input == "1 + 1" ? "3" : Self.evaluate(input) } }
        try #require(wrong.count == 1)
        #expect(wrong[0].line == 4)
        #expect(wrong[0].actual == ["3"])
        #expect("\(wrong[0])".contains("t:4: 1 + 1"))
    }

    @Test func `updating writes what was seen and keeps everything else`() async throws {
        await #expect(processExitsWith: .success) {
            _ = unsafe setenv("FERRY_UPDATE_TRANSCRIPTS", "1", 1)
            let folder = try TemporaryDirectory()
            let path = try folder.write("a.transcript", Self.text.replacing("got 2 lines", with: "stale"))
            let run = { try Transcript(path: path).run { _ in Self.evaluate } }
            _ = try run()
            let text = String(decoding: try DurableFile.read(path), as: UTF8.self)
            guard text == Self.text else { fatalError(text) }
            guard Transcript.files(in: folder.path) == [path] else { fatalError("not found") }
        }
    }

    @Test func `output before the first input is refused with its line`() {
        let failure = #expect(throws: (any Error).self) { _ = try Transcript(text: "# T\nhello\n", path: "t") }
        #expect("\(failure.map { "\($0)" } ?? "")".contains("t:2"))
    }
}
