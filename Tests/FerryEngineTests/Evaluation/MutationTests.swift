import FerryEngine
import Foundation
import Testing

/// The shipped scripts, cut short and damaged in every way: read and compiled, never run.
@Suite struct MutationTests {
    private static var top: String {
        #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 }
    }

    /// Every script under `examples` and `Modules`, by path.
    private static let scripts: [String] = ["/examples", "/Modules"].flatMap { folder in
        (FileManager.default.enumerator(atPath: top + folder)?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".ps1") || $0.hasSuffix(".psm1") || $0.hasSuffix(".psd1") }.sorted()
            .map { top + folder + "/" + $0 }
    }

    /// All of them in release builds, where the count is the one promised; a sample where the optimizer is off.
    #if DEBUG
        private static let mutations = 2_000
        private static let prefixStep = 17
    #else
        private static let mutations = 100_000
        private static let prefixStep = 1
    #endif
    private static let seeds: [UInt64] = [3, 7, 42, 1009, 4711, 65_537, 271_828, 314_159]

    private static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// A script block or a parse error with an id: anything else is a finding.
    private static func answer(_ bytes: some Collection<UInt8>, _ runspace: Runspace) -> String? {
        do throws(Stop) {
            _ = try runspace.makeScriptBlock(String(decoding: bytes, as: UTF8.self))
            return nil
        } catch {
            guard case .error(let record) = error else { return "ended with \(error)" }
            return record.fullyQualifiedErrorID.isEmpty ? "an error without an id" : nil
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: scripts)
    func `every beginning of a script is a script or a parse error`(path: String) async throws {
        let bytes = try Self.bytes(path)
        let findings = await onThread {
            let runspace = Runspace(host: RecordingHost())
            return stride(from: 0, through: bytes.count, by: Self.prefixStep).compactMap { length in
                Self.answer(bytes[..<length], runspace).map { "\(length) bytes: \($0)" }
            }
        }
        #expect(findings.isEmpty, "\(path): \(findings.prefix(3))")
    }

    @Test(.timeLimit(.minutes(30)), arguments: seeds)
    func `every damaged script is a script or a parse error`(seed: UInt64) async throws {
        let scripts = try Self.scripts.map { try Self.bytes($0) }.filter { !$0.isEmpty }
        try #require(!scripts.isEmpty)
        let findings = await onThread {
            let runspace = Runspace(host: RecordingHost())
            var random = Random(state: seed)
            var findings: [String] = []
            for number in 0..<(Self.mutations / Self.seeds.count) {
                let damaged = random.damage(scripts[random.below(scripts.count)])
                if let finding = Self.answer(damaged, runspace) {
                    findings.append("seed \(seed), number \(number): \(finding)")
                }
            }
            return findings
        }
        #expect(findings.isEmpty, "\(findings.prefix(3))")
    }

    /// A generator whose numbers are the same on every run.
    private struct Random {
        var state: UInt64
        private static let alphabet = Array(
            "(){}[]@$\"'`|&;,.:?-+*/%=<>#!~\\ \n\r\tax0159_\u{2019}\u{201C}é\0".utf8)
        private static let words = [
            "function ", "if (", "} else {", "switch (", "param(", "@{", "@(", "$(", "@'\n", "\n'@", "\"$(", "-eq ",
            "try {",
            "catch [", "foreach ($x in ", "[int]", "::", "..", "--%", "<#", "#>", "return ", "process {", "$script:",
            "& ",
            "2>&1", "&& ", "|| ", "?.", "??=",
        ].map { Array($0.utf8) }

        mutating func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }

        /// A piece of the script of at most 2,000 bytes with one to six changes: bytes gone, put in or replaced, words put in,
        /// pieces doubled or moved.
        mutating func damage(_ script: [UInt8]) -> [UInt8] {
            let length = min(script.count, 1 + below(2_000))
            let start = below(script.count - length + 1)
            var bytes = Array(script[start..<(start + length)])
            for _ in 0..<(1 + below(6)) {
                let place = below(bytes.count + 1)
                switch below(6) {
                case 0 where place < bytes.count: bytes.remove(at: place)
                case 1: bytes.insert(Self.alphabet[below(Self.alphabet.count)], at: place)
                case 2 where place < bytes.count: bytes[place] = Self.alphabet[below(Self.alphabet.count)]
                case 3: bytes.insert(contentsOf: Self.words[below(Self.words.count)], at: place)
                case 4: bytes.insert(contentsOf: Array(bytes[place..<min(bytes.count, place + below(40))]), at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + below(20)))
                }
            }
            return bytes
        }
    }
}
