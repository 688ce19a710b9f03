import FerryEngine
import FerryTestKit
import Foundation
import Testing

/// Every view that ships has its screens, at 80 and at 120 columns.
@Suite struct ScreenCatalogTests {
    @Test func `a view has a screen at 80 and at 120 columns`() throws {
        let folder = Checkout.top.appendingPathComponent("Tests/FerryCmdletsTests/Transcripts/Screens")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let sections = try files.flatMap { try Transcript(path: $0.path).sections }
        var views = ViewSet()
        for path in Checkout.moduleFiles(endingWith: ".format.ps1xml") { try views.load(contentsOf: path) }
        let names = views.names
        #expect(names.count >= 30 && names.isSuperset(of: ["VirtualMachine", "VMMigration", "MemberDefinition"]))
        for view in names.sorted() {
            for width in [80, 120] {
                let title = "\(view), \(width) columns"
                let section = sections.first { $0.title == title }
                #expect(section != nil, "Transcripts/Screens has no section '# \(title)'")
                guard let section else { continue }
                #expect(section.directives.contains("width \(width)"), "'# \(title)' is recorded at another width")
                #expect(
                    section.steps.contains { $0.expected.contains { !$0.isEmpty } }, "'# \(title)' shows nothing")
            }
        }
    }
}
