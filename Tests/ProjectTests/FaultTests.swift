import Foundation
import Testing

/// Every fault catalogue gives a category and advice. The switches are exhaustive by compilation; that the advice is not empty
/// and is a sentence is held here.
@Suite struct FaultTests {
    @Test func `every piece of advice is a sentence`() throws {
        var seen = 0
        for file in Project.files(under: "Sources", withExtension: "swift")
        where file.lastPathComponent.hasSuffix("Fault.swift") {
            let text = try String(contentsOf: file, encoding: .utf8)
            guard text.contains("FaultCode") else { continue }
            seen += 1
            #expect(text.contains("var advice"), "\(Project.name(file)) has no advice")
            #expect(text.contains("var category"), "\(Project.name(file)) has no category")
            #expect(!text.contains("\"\"\n"), "\(Project.name(file)) gives empty advice")
        }
        #expect(seen >= 3, "the fault catalogues were not found: the rule for their names has changed")
    }
}
