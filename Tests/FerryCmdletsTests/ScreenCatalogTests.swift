import Foundation
import Testing

/// Every view that ships has its screens, at 80 and at 120 columns.
@Suite struct ScreenCatalogTests {
    @Test func `a view of a module has a screen at 80 and at 120 columns`() throws {
        let folder = Checkout.top.appendingPathComponent("Tests/FerryCmdletsTests/Transcripts/Screens")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let titles = Set(
            try files.flatMap { try String(contentsOf: $0, encoding: .utf8).split(separator: "\n") }
                .filter { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) })
        let views = try Checkout.moduleFiles(endingWith: ".format.ps1xml").flatMap { path in
            try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "<View>").dropFirst()
                .compactMap { $0.components(separatedBy: "<Name>").dropFirst().first }
                .map { String($0.prefix { $0 != "<" }) }
        }
        #expect(views.count >= 10)
        for view in views {
            for width in [80, 120] {
                #expect(
                    titles.contains("\(view), \(width) columns"),
                    "Transcripts/Screens has no section '# \(view), \(width) columns'")
            }
        }
    }
}
