import FerryCore
import FerryEngine
import FerryRemoting
import FerryTestKit
import Foundation
import Testing

/// Documents beside the tests hold what is written; every one is read back.
@Suite(.seeded) struct CLIXMLTests {
    private static var folder: String {
        #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Golden"
    }

    /// Name of the golden file and the script whose output it holds.
    private static let scripts: [(name: String, script: String)] = [
        (
            "scalars",
            "$null; $true; $false; 1; 2L; [byte]3; [sbyte]-3; [int16]4; [uint16]5; [uint32]6; [uint64]7; 1.5; [single]2.5; "
                + "[decimal]3.25; [double]::NaN; [double]::PositiveInfinity; [char]'x'; 'text'; [version]'1.2.3.4'; "
                + "[guid]'00112233-4455-6677-8899-aabbccddeeff'"
        ),
        (
            "strings",
            "\"line`nline`ttab\"; '<&>\"'''; '_x000A_ is no newline'; \"caf\u{E9} \u{1F600}\"; ''; '  spaces  '"
        ),
        (
            "times",
            "[datetime]::new(2024, 2, 29, 13, 14, 15); [datetime]::new(2024, 2, 29, 13, 14, 15, 678, 'Utc'); "
                + "[timespan]::new(1, 2, 3, 4, 5); [timespan]::Zero; [timespan]::FromMinutes(-90)"
        ),
        ("collections", ",@(1, 'two', @(3)); ,[byte[]]@(1, 2, 255); @{ a = 1 }; [ordered]@{ b = 2; a = @(1) }"),
        (
            "objects",
            "[pscustomobject]@{ Name = 'web01'; Inner = [pscustomobject]@{ Deep = [pscustomobject]@{ Deeper = 1 } } }; "
                + "[DayOfWeek]::Friday; { Get-Date }; [pscustomobject]@{ PSTypeName = 'My.Type'; X = 1 }"
        ),
    ]

    @Test(arguments: scripts.map { $0.name })
    func `what is written is as recorded, and read back says the same`(_ name: String) throws {
        let script = try #require(Self.scripts.first { $0.name == name }).script
        let written = try Self.evaluate(script)
        let path = "\(Self.folder)/\(name).clixml"
        if ProcessInfo.processInfo.environment["FERRY_UPDATE_GOLDEN"] != nil {
            try written.document.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOfFile: path, encoding: .utf8)
        #expect(written.document == golden)
        #expect(try Self.readAndWrite(golden) == written.reread)
    }

    /// The document of a script's output, one element a line, and the document of what it reads back as.
    private static func evaluate(_ script: String) throws -> (document: String, reread: String) {
        let document = try Runspace.onOwnThread {
            Result { () throws(Stop) in
                let runspace = Runspace(host: SilentHost())
                return Self.lines(CLIXMLWriter.document(try runspace.evaluate(script), depth: 2, runspace))
            }
        }.get()
        return (document, try readAndWrite(document))
    }

    private static func readAndWrite(_ document: String) throws -> String {
        try Runspace.onOwnThread {
            Result { () throws(Failure) in
                let values = try CLIXMLReader.values(ofDocument: Array(document.utf8))
                return Self.lines(CLIXMLWriter.document(values, depth: 2))
            }
        }.get()
    }

    /// So that a difference shows in a line. Only between elements, where white space says nothing.
    private static func lines(_ document: String) -> String {
        document.replacing("><", with: ">\n<") + "\n"
    }

    @Test func `a remoted object keeps one contained level, and text beyond`() throws {
        let text = try Runspace.onOwnThread {
            Result { () throws(Stop) -> String in
                let runspace = Runspace(host: SilentHost())
                let value = try runspace.evaluate("@{ a = @{ b = @{ c = 1 } } }")[0]
                return CLIXMLWriter.element(value)
            }
        }.get()
        #expect(text.contains("N=\"Value\">System.Collections.Hashtable</S>"))
        #expect(!text.contains("<I32"))
    }

    @Test(arguments: [
        "", "<Objs", "<Objs></Obj>", "<!DOCTYPE x><Objs/>", "<Objs><I32>x</I32></Objs>",
        "<Objs><Ref RefId=\"7\" /></Objs>",
        "<Objs><Obj><TNRef RefId=\"3\" /></Obj></Objs>", "<Objs><What/></Objs>", "<Objs><S>&bad;</S></Objs>",
        "<Objs><DT>2024-13-45T99:00:00</DT></Objs>", "<Objs><BA>***</BA></Objs>",
        "<Objs><Obj><MS><S>x</S></MS></Obj></Objs>",
        "<Objs><Obj><DCT><En/></DCT></Obj></Objs>", "<Objs/>trailing", "text", "<Objs><S a='1>x</S></Objs>",
    ])
    func `a document that is none is a failure`(_ text: String) {
        #expect(throws: Failure.self) { try CLIXMLReader.values(ofDocument: Array(text.utf8)) }
    }

    @Test func `deep nesting is a failure, not a crash`() {
        let text = String(repeating: "<Obj><LST>", count: 100_000)
        #expect(throws: Failure.self) { try CLIXMLReader.value(Array(text.utf8)) }
    }

    @Test func `any document is values or a failure, and values that can be copied, shown and written again`() throws {
        var originals: [[UInt8]] = []
        for (name, _) in Self.scripts {
            originals.append(Array(try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/\(name).clixml"))))
        }
        var source = FrameSource(originals, salt: "fuzz clixml", lengthLimit: 16_384)
        var fuzz = DecoderFuzz("CLIXMLReader", share: 60)
        fuzz.run(&source) { frame, _ in
            let values = try CLIXMLReader.values(ofDocument: frame)
            for value in values {
                let copy = Parcel(value).open()
                _ = copy.display
                _ = CLIXMLWriter.element(copy)
            }
            return true
        }
        #expect(fuzz.accepted > 0)
    }

    @Test func `references to one object that double with every level stay small`() throws {
        // Each level holds the level before twice: 2^60 objects to whoever follows every one.
        var body = "<Obj RefId=\"0\"><LST><I32>1</I32></LST></Obj>"
        for level in 1...60 {
            body +=
                "<Obj RefId=\"\(level)\"><LST><Ref RefId=\"\(level - 1)\" /><Ref RefId=\"\(level - 1)\" /></LST></Obj>"
        }
        let values = try CLIXMLReader.values(ofDocument: Array("<Objs>\(body)</Objs>".utf8))
        let last = try #require(values.last)
        _ = Parcel(last).open()
        #expect(CLIXMLWriter.element(last).utf8.count < 10_000)
    }
}
