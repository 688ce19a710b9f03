import Foundation
import Testing

/// Every fault catalogue gives a category and advice. The switches are exhaustive by compilation; that the advice is not empty
/// and is a sentence is held here.
@Suite struct FaultTests {
    /// The lines of each catalogue's advice, by file.
    private static func advice() throws -> [(file: String, lines: [String])] {
        try Project.files(under: "Sources", withExtension: "swift").compactMap { file in
            let text = try String(contentsOf: file, encoding: .utf8)
            guard text.contains(", FaultCode"), let start = text.range(of: "var advice: String {") else { return nil }
            let body = text[start.upperBound...]
            let end = body.range(of: "\n    }\n")?.lowerBound ?? body.endIndex
            return (
                Project.name(file),
                body[..<end].split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            )
        }
    }

    @Test func `every catalogue of faults gives categories and advice`() throws {
        var seen = 0
        for file in Project.files(under: "Sources", withExtension: "swift")
        where file.lastPathComponent.hasSuffix("Fault.swift") {
            let text = try String(contentsOf: file, encoding: .utf8)
            guard text.contains("FaultCode") else { continue }
            seen += 1
            #expect(text.contains("var advice"), "\(Project.name(file)) has no advice")
            #expect(text.contains("var category"), "\(Project.name(file)) has no category")
        }
        #expect(seen >= 3, "the fault catalogues were not found: the rule for their names has changed")
    }

    @Test func `every piece of advice is a sentence`() throws {
        for (file, lines) in try Self.advice() {
            for (line, next) in zip(lines, lines.dropFirst() + [""])
            where line.hasSuffix("\"") && !next.hasPrefix("+") {
                #expect(line.hasSuffix(".\""), "\(file): \(line) is no sentence: advice says what to do, and ends")
            }
        }
    }

    @Test func `every command that advice names exists`() throws {
        let commands = Set(CatalogTests.modules.flatMap(\.commands.values))
        for (file, lines) in try Self.advice() {
            for line in lines {
                let words = line.split { !($0.isLetter || $0 == "-") }
                for word in words where word.wholeMatch(of: /[A-Z][a-z]+-[A-Z][A-Za-z]+/) != nil {
                    #expect(
                        commands.contains(String(word)),
                        "\(file) sends an administrator to \(word), which is no command")
                }
            }
        }
    }
}
