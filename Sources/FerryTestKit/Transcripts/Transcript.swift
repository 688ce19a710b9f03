package import FerryCore
import FerryLinux

/// A recorded dialogue with the shell, as a test.
///
///     # Select-Object -First stops its upstream          a section: a session of its own
///     //in-temp-dir                                      directives of the section
///     PS> 1..1e9 | Select-Object -First 2                 input; further lines of it follow `>> `
///     1                                                  the output expected of it
///     2
///
/// A section starts at a line `# …` that is the first line or follows an empty one. Trailing spaces and trailing empty lines of an output do not
/// count. An output line that starts with `#`, `PS>`, `>>`, `//` or `\` is written with a `\` before it.
package struct Transcript: Sendable {
    package struct Section: Sendable {
        package var title: String
        /// Without the `//`.
        package var directives: [String] = []
        package var steps: [Step] = []
        /// Lines between title and first input that are neither: kept when the file is rewritten.
        fileprivate var remarks: [String] = []
    }

    package struct Step: Sendable {
        /// Line of the file, from 1.
        package var line: Int
        package var input: String
        package var expected: [String]
    }

    package let path: String
    package private(set) var sections: [Section]

    package init(path: String) throws(Failure) {
        let text = String(decoding: try DurableFile.read(path), as: UTF8.self)
        try self.init(text: text, path: path)
    }

    package init(text: String, path: String) throws(Failure) {
        self.path = path
        sections = []
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Self.trimmingEnd($0) }
        while lines.last == "" { lines.removeLast() }
        for (index, line) in lines.enumerated() {
            let startsSection = line.hasPrefix("# ") && (index == 0 || lines[index - 1].isEmpty)
            if startsSection || sections.isEmpty {
                if !startsSection, line.isEmpty { continue }
                sections.append(Section(title: startsSection ? String(line.dropFirst(2)) : ""))
                if startsSection { continue }
            }
            try add(line, at: index + 1)
        }
        for section in sections.indices {
            for step in sections[section].steps.indices {
                while sections[section].steps[step].expected.last == "" {
                    sections[section].steps[step].expected.removeLast()
                }
            }
        }
    }

    private mutating func add(_ line: String, at number: Int) throws(Failure) {
        let section = sections.count - 1
        let steps = sections[section].steps.count
        if line == "PS>" || line.hasPrefix("PS> ") {
            sections[section].steps.append(Step(line: number, input: String(line.dropFirst(4)), expected: []))
        } else if line == ">>" || line.hasPrefix(">> "), steps > 0, sections[section].steps[steps - 1].expected.isEmpty
        {
            sections[section].steps[steps - 1].input += "\n" + line.dropFirst(3)
        } else if steps > 0 {
            sections[section].steps[steps - 1].expected.append(line.hasPrefix("\\") ? String(line.dropFirst()) : line)
        } else if line.hasPrefix("//") {
            sections[section].directives.append(String(line.dropFirst(2)))
        } else if line.isEmpty || line.hasPrefix("#") {
            sections[section].remarks.append(line)
        } else {
            throw Failure(
                LinuxFault.malformed, "\(path):\(number): output stands before the first input.", target: path)
        }
    }

    /// The file with `actual` outputs in place of the expected ones.
    func rewritten(_ actual: [[[String]]]) -> String {
        var lines: [String] = []
        for (section, outputs) in zip(sections, actual) {
            if !lines.isEmpty { lines.append("") }
            if !section.title.isEmpty { lines.append("# " + section.title) }
            lines += section.directives.map { "//" + $0 } + section.remarks
            for (step, output) in zip(section.steps, outputs) {
                let input = step.input.split(separator: "\n", omittingEmptySubsequences: false)
                lines.append(Self.trimmingEnd("PS> " + input[0]))
                lines += input.dropFirst().map { Self.trimmingEnd(">> " + $0) }
                lines += output.map(Self.escaped)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// An output as the lines that are compared.
    static func comparable(_ output: String) -> [String] {
        var lines = output.split(separator: "\n", omittingEmptySubsequences: false).map { trimmingEnd($0) }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func escaped(_ line: String) -> String {
        ["#", "PS>", ">>", "//", "\\"].contains { line.hasPrefix($0) } ? "\\" + line : line
    }

    private static func trimmingEnd(_ line: some StringProtocol) -> String {
        var scalars = Substring(line).unicodeScalars
        while let last = scalars.last, last == " " || last == "\t" || last == "\r" { scalars.removeLast() }
        return String(scalars)
    }
}
