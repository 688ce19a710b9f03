import Foundation

/// The checkout the tests were built from.
enum Checkout {
    static let top: URL = {
        var top = URL(fileURLWithPath: #filePath)
        while !FileManager.default.fileExists(atPath: top.appendingPathComponent("Package.swift").path) {
            top.deleteLastPathComponent()
        }
        return top
    }()

    static let modules = top.appendingPathComponent("Modules")

    /// Paths under Modules with that ending, sorted.
    static func moduleFiles(endingWith ending: String) -> [String] {
        let walk = FileManager.default.enumerator(at: modules, includingPropertiesForKeys: nil)
        return (walk?.compactMap { ($0 as? URL)?.path } ?? []).filter { $0.hasSuffix(ending) }.sorted()
    }
}
