import Foundation

/// The checkout the tests were built from, and its files.
enum Project {
    static let top: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    static func files(under folder: String, withExtension wanted: String) -> [URL] {
        let start = top.appendingPathComponent(folder)
        guard let walk = FileManager.default.enumerator(at: start, includingPropertiesForKeys: nil) else { return [] }
        return walk.compactMap { $0 as? URL }.filter { $0.pathExtension == wanted }.sorted { $0.path < $1.path }
    }

    static func lines(of file: URL) throws -> [Substring] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// Path relative to the checkout, for messages.
    static func name(_ file: URL) -> String { String(file.path.dropFirst(top.path.count + 1)) }

    /// What stands between quotation marks, double ones or, where there are none, single ones; no escapes.
    static func quoted(in text: some StringProtocol) -> [String] {
        let mark: Character = text.contains("\"") ? "\"" : "'"
        let parts = text.split(separator: mark, omittingEmptySubsequences: false)
        return parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// The words of `key = @('a' 'b')` in a module manifest.
    static func words(of key: String, in manifest: String) -> [String] {
        guard let start = manifest.range(of: key) else { return [] }
        let list = manifest[start.upperBound...].drop { $0 != "(" }.prefix { $0 != ")" }
        return quoted(in: list)
    }

    /// Modules a Swift file imports.
    static func imports(of file: URL) throws -> Set<String> {
        var modules: Set<String> = []
        for line in try lines(of: file) {
            var words = line.split(separator: " ")
            while let first = words.first,
                ["package", "internal", "private", "fileprivate", "public", "@preconcurrency"].contains(first)
            {
                words.removeFirst()
            }
            guard words.first == "import", words.count >= 2 else { continue }
            let kinds = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
            let name = kinds.contains(String(words[1])) && words.count > 2 ? words[2] : words[1]
            modules.insert(String(name.split(separator: ".")[0]))
        }
        return modules
    }
}
