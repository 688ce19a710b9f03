import FerryLinux

extension Transcript {
    /// An output that is not the expected one.
    package struct Mismatch: Sendable, CustomStringConvertible {
        package let path: String
        package let line: Int
        package let input: String
        package let expected: [String]
        package let actual: [String]

        package var description: String {
            "\(path):\(line): \(input)\n--- expected\n\(expected.joined(separator: "\n"))\n--- actual\n\(actual.joined(separator: "\n"))"
        }
    }

    /// What the engine is told when a section starts.
    package struct Setting: Sendable {
        package let title: String
        /// Directives other than `in-temp-dir`, without the `//`. One that is not known must be refused.
        package let directives: [String]
        /// The folder to start in: the section's own with `in-temp-dir`, else nil.
        package let folder: String?
    }

    /// With `FERRY_UPDATE_TRANSCRIPTS=1` a run writes what it saw into the files instead of comparing.
    package static var isUpdating: Bool { Program.environmentValue("FERRY_UPDATE_TRANSCRIPTS") == "1" }

    /// Runs every section. `open` makes a session for one and returns how to run an input in it; the text that comes back is all output and errors
    /// as a person sees them.
    package func run(
        _ open: (Setting) throws -> (_ input: String) throws -> String
    ) throws -> [Mismatch] {
        var mismatches: [Mismatch] = []
        var outputs: [[[String]]] = []
        for section in sections {
            let folder = section.directives.contains("in-temp-dir") ? try TemporaryDirectory() : nil
            let directives = section.directives.filter { $0 != "in-temp-dir" }
            let evaluate = try open(Setting(title: section.title, directives: directives, folder: folder?.path))
            var sectionOutputs: [[String]] = []
            for step in section.steps {
                let actual = Self.comparable(try evaluate(step.input))
                sectionOutputs.append(actual)
                if actual != step.expected {
                    mismatches.append(
                        Mismatch(
                            path: path, line: step.line, input: step.input, expected: step.expected, actual: actual))
                }
            }
            outputs.append(sectionOutputs)
            withExtendedLifetime(folder) {}
        }
        guard Self.isUpdating else { return mismatches }
        if !mismatches.isEmpty {
            try DurableFile.replace(path, with: Array(rewritten(outputs).utf8), mode: 0o644)
        }
        return []
    }

    /// The paths of all `*.transcript` files in `folder` and below it, sorted.
    package static func files(in folder: String) -> [String] {
        guard let names = try? Folder.names(in: folder) else { return [] }
        return names.flatMap { name in
            let path = "\(folder)/\(name)"
            if Folder.exists(path) { return files(in: path) }
            return name.hasSuffix(".transcript") ? [path] : []
        }
    }
}
