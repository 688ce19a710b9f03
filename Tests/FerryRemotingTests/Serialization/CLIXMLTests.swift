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
                + "[datetime]::MinValue; [datetime]::MaxValue; [timespan]::new(1, 2, 3, 4, 5); [timespan]::Zero; "
                + "[timespan]::FromMinutes(-90); [timespan]::MinValue; [timespan]::MaxValue"
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
        let written = try Self.elements(of: script)
        let text = Self.lines(written)
        let path = "\(Self.folder)/\(name).clixml"
        if ProcessInfo.processInfo.environment["FERRY_UPDATE_GOLDEN"] != nil {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(try text == String(contentsOfFile: path, encoding: .utf8))
        let again = try written.map { CLIXMLWriter.element(try CLIXMLReader.value(Array($0.utf8))) }
        // Other objects say that they are copies, whose properties are all their own; a script block comes back as its text.
        #expect(
            Self.lines(again).replacing("<T>Deserialized.", with: "<T>")
                == text.replacing("SBK>", with: "S>").replacing("MS>", with: "Props>"))
    }

    /// The values of a script's output, each an element of its own, as the records of a pipeline travel.
    private static func elements(of script: String) throws -> [String] {
        try Runspace.onOwnThread {
            Result { () throws(Stop) in
                let runspace = Runspace(host: SilentHost())
                return try runspace.evaluate(script).map { CLIXMLWriter.element($0, runspace) }
            }
        }.get()
    }

    /// So that a difference shows in a line. Only between elements, where white space says nothing.
    private static func lines(_ elements: [String]) -> String {
        elements.map { $0.replacing("><", with: ">\n<") + "\n" }.joined(separator: "\n")
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
        "", "<Obj", "<Obj></Objs>", "<!DOCTYPE x><Nil/>", "<I32>x</I32>", "<Ref RefId=\"7\" />",
        "<Obj><TNRef RefId=\"3\" /></Obj>", "<What/>", "<S>&bad;</S>", "<DT>2024-13-45T99:00:00</DT>", "<BA>***</BA>",
        "<Obj><MS><S>x</S></MS></Obj>", "<Obj><DCT><En/></DCT></Obj>", "<Nil/>trailing", "text", "<S a='1>x</S>",
        "<TS>P10675200D</TS>", "<TS>-PT922337203685.4775809S</TS>", "<TS>PT922337203685.4775808S</TS>",
        "<TS>P1.5D</TS>",
    ])
    func `an element that is none is a failure`(_ text: String) {
        #expect(throws: Failure.self) { try CLIXMLReader.value(Array(text.utf8)) }
    }

    @Test func `deep nesting is a failure, not a crash`() {
        let text = String(repeating: "<Obj><LST>", count: 100_000)
        #expect(throws: Failure.self) { try CLIXMLReader.value(Array(text.utf8)) }
    }

    /// `count` lists beside each other, each with the one before it inside.
    private static func chain(_ count: Int) -> String {
        (1..<count).reduce(into: "<Obj RefId=\"0\"><LST><I32>1</I32></LST></Obj>") { text, level in
            text += "<Obj RefId=\"\(level)\"><LST><Ref RefId=\"\(level - 1)\" /></LST></Obj>"
        }
    }

    @Test func `a long chain of references is a failure, not a crash`() throws {
        let long = "<Obj RefId=\"all\"><LST>\(Self.chain(100_000))</LST></Obj>"
        #expect(throws: Failure.self) { try CLIXMLReader.value(Array(long.utf8)) }
        // As deep as one value of elements may be, which is no depth for a reader.
        let short = "<Obj RefId=\"all\"><LST>\(Self.chain(255))</LST></Obj>"
        let value = try CLIXMLReader.value(Array(short.utf8))
        #expect(Parcel(value).open().elements?.count == 255)
    }

    @Test func `a date at an end of the calendar in another zone is that end`() throws {
        for (text, isFirst) in [("0001-01-01T00:00:00+14:00", true), ("9999-12-31T23:59:59.9999999-12:00", false)] {
            let value = try CLIXMLReader.value(Array("<DT>\(text)</DT>".utf8))
            guard case .date(let date) = value else {
                Issue.record("\(text) is no date")
                continue
            }
            #expect(date.universal.ticks / TimeSpan.ticksPerDay == (isFirst ? 0 : 3_652_058))
        }
    }

    @Test func `any element is a value or a failure, and a value that can be copied, shown and written again`() throws {
        let originals = try Self.scripts.flatMap { try Self.elements(of: $0.script) }
        var source = FrameSource(originals.map { Array($0.utf8) }, salt: "fuzz clixml", lengthLimit: 16_384)
        var fuzz = DecoderFuzz("CLIXMLReader", share: 60)
        fuzz.run(&source) { frame, _ in
            let copy = Parcel(try CLIXMLReader.value(frame)).open()
            _ = copy.display
            _ = CLIXMLWriter.element(copy)
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
        let values = try CLIXMLReader.value(Array("<Obj RefId=\"all\"><LST>\(body)</LST></Obj>".utf8)).elements
        let last = try #require(values?.last)
        _ = Parcel(last).open()
        #expect(CLIXMLWriter.element(last).utf8.count < 10_000)
    }
}
