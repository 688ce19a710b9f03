import Foundation
import Testing

/// One way of writing, so that a difference between two versions is a difference in meaning.
@Suite struct FormatTests {
    @Test func `swift format has nothing to say`() throws {
        let lint = Process()
        lint.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        lint.arguments = [
            "swift", "format", "lint", "--strict", "--recursive", "--configuration",
            Project.top.appendingPathComponent(".swift-format").path,
        ]
        lint.arguments? += ["Sources", "Tests", "Package.swift"].map { Project.top.appendingPathComponent($0).path }
        let output = Pipe()
        lint.standardError = output
        lint.standardOutput = output
        try lint.run()
        let complaints = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        lint.waitUntilExit()
        #expect(lint.terminationStatus == 0 && complaints.isEmpty, Comment(rawValue: String(complaints.prefix(4000))))
    }
}
