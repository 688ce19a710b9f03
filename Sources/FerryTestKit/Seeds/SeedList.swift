import FerryCore
import FerryLinux

/// Seeds to try: those that once failed first (a checked-in file, one number a line, `#` comments), then fresh ones.
package enum SeedList {
    /// - Parameter path: the checked-in list; it need not exist.
    package static func seeds(at path: String, fresh count: Int, salt: String) -> [UInt64] {
        let text = (try? DurableFile.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let recorded = text.split(separator: "\n").compactMap { line in
            line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).first.flatMap {
                UInt64($0.filter { !$0.isWhitespace })
            }
        }
        var generator = SeededGenerator(salt: salt)
        return recorded + (0..<count).map { _ in generator.next() }
    }

    /// Adds a seed that failed to the list, unless it is there, for the next run to replay and a person to check in.
    package static func keep(_ seed: UInt64, at path: String) {
        guard !seeds(at: path, fresh: 0, salt: "").contains(seed) else { return }
        var text = (try? DurableFile.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
        try? DurableFile.replace(path, with: Array("\(text)\(seed)\n".utf8))
    }
}
