import FerryCmdlets
import FerryEngine
import FerryTestKit
import Foundation
import Testing

/// Changes to the file system.
@Suite struct FileChangeTests {
    @Test func `Ctrl-C ends the removal of a tree, and what is left stays`() throws {
        let home = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: home.file("tree/in"), withIntermediateDirectories: true)
        try home.write("tree/in/file", "kept")
        let interrupt = Interrupt()
        interrupt.raise()
        do throws(Stop) {
            try FileChange.remove(home.file("tree"), interrupt)
            Issue.record("the tree was removed")
        } catch {
            guard case .interrupted = error else { throw error }
        }
        #expect(FileManager.default.fileExists(atPath: home.file("tree/in/file")))
        interrupt.clear()
        try FileChange.remove(home.file("tree"), interrupt)
        #expect(!FileManager.default.fileExists(atPath: home.file("tree")))
    }
}
