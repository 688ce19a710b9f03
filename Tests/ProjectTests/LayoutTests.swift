import Foundation
import Testing

/// Sizes, names and places of files, each with its reason.
@Suite struct LayoutTests {
    @Test func `no source file is longer than 900 lines`() throws {
        for folder in ["Sources", "Tests"] {
            for file in Project.files(under: folder, withExtension: "swift") {
                let count = try Project.lines(of: file).count
                #expect(
                    count <= 900,
                    "\(Project.name(file)) has \(count) lines: split it by topic (Type+Topic.swift), a reader holds less than that"
                )
            }
        }
    }

    @Test func `a main has at most 40 lines`() throws {
        for name in ["ferry", "ferryd"] {
            for file in Project.files(under: "Sources/\(name)", withExtension: "swift") {
                let count = try Project.lines(of: file).count
                #expect(count <= 41, "\(Project.name(file)) has \(count) lines: behaviour in a main cannot be tested")
            }
        }
    }

    @Test func `a state machine's switch names every case`() throws {
        for file in Project.files(under: "Sources/FerryTransfer", withExtension: "swift")
        where file.lastPathComponent.hasSuffix("Machine.swift") || file.lastPathComponent.contains("Machine+") {
            for (number, line) in try Project.lines(of: file).enumerated() {
                #expect(
                    !["default:", "@unknown default:"].contains {
                        line.trimmingCharacters(in: .whitespaces).hasPrefix($0)
                    },
                    "\(Project.name(file)):\(number + 1) has default: in a state machine; a new state must not compile until it is considered"
                )
            }
        }
    }

    /// Files that hold a family instead of one type, nodes of one kind, values of one type; so do all that end in `Requests`. The
    /// name is the family's.
    static let families: Set = [
        "FerryContract/Permissions/Authorization",
        "FerryLanguage/AST/Literals", "FerryLanguage/AST/LoopStatements", "FerryLanguage/AST/Operators",
        "FerryEngine/Evaluation/Expressions", "FerryEngine/Evaluation/Loops", "FerryEngine/Evaluation/MemberNodes",
        "FerryEngine/Evaluation/Node", "FerryEngine/Evaluation/OperatorNodes", "FerryEngine/Evaluation/Statements",
        "FerryEngine/Objects/Collections", "FerryEngine/Objects/Text", "FerryEngine/Objects/Wildcard",
        "FerryCmdlets/HyperV/Nouns/Reported", "FerryCmdlets/Utility/PropertyReading",
        "FerryTestKit/Clocks/Eventually", "FerryTestKit/Clocks/Scaled",
        "FerryHost/Storage/Pause", "FerryTransfer/Lanes/BlockDevice",
        // Values of ConvergencePolicy, one strategy a file.
        "FerryTransfer/Policies/FitsDowntimePolicy", "FerryTransfer/Policies/FixedRoundsPolicy",
        "FerryTransfer/Policies/StopAndCopyPolicy",
    ]

    @Test func `a file is named for its type, or for the type and the topic it extends it with`() throws {
        for file in Project.files(under: "Sources", withExtension: "swift")
        where file.lastPathComponent != "main.swift" {
            let name = file.deletingPathExtension().lastPathComponent
            let path = String(Project.name(file).dropFirst("Sources/".count).dropLast(".swift".count))
            guard !Self.families.contains(path), !path.hasSuffix("Requests") else { continue }
            let type = name.split(separator: "+")[0]
            let text = try String(contentsOf: file, encoding: .utf8)
            let kinds = name.contains("+") ? ["extension", "class"] : Self.kinds
            // `extension Machine`, `extension Machine.Sample`, `extension FerryLanguage.ScriptBlock`, `extension [Extent]`.
            let declares = text.split(separator: "\n").contains { line in
                let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
                return zip(words, words.dropFirst()).contains { kinds.contains(String($0)) && $1 == type }
                    || (words.contains("extension") && words.contains(type))
            }
            #expect(
                declares,
                "\(Project.name(file)) declares or extends no \(type): a reader looks for a type in the file of its name. Rename the file, or add it to the families if it holds several equal ones."
            )
        }
    }

    private static let kinds = ["struct", "class", "enum", "protocol", "actor", "typealias", "extension"]

    @Test func `a catalogue of faults is called XFault`() throws {
        for file in Project.files(under: "Sources", withExtension: "swift") {
            for line in try Project.lines(of: file) where line.contains(": String, FaultCode") {
                let words = line.split { !($0.isLetter || $0.isNumber) }
                guard let position = words.firstIndex(of: "enum"), position + 1 < words.count else { continue }
                #expect(
                    words[position + 1].hasSuffix("Fault"),
                    "\(Project.name(file)): \(words[position + 1]) is a catalogue of faults and not called so")
            }
        }
    }

    @Test func `no type is a Manager, Helper, Util or Info`() throws {
        let bad = ["Manager", "Helper", "Helpers", "Util", "Utils", "Info"]
        for file in Project.files(under: "Sources", withExtension: "swift") {
            let name = file.deletingPathExtension().lastPathComponent
            #expect(
                !bad.contains { name.hasSuffix($0) }, "\(Project.name(file)): the name says nothing about what it does")
        }
    }

    @Test func `errno becomes a failure only in files named for system calls`() throws {
        for file in Project.files(under: "Sources", withExtension: "swift")
        where !file.lastPathComponent.hasSuffix("+Syscall.swift") {
            let target = Project.name(file).split(separator: "/")[1]
            guard ["FerryTransfer", "FerryHost"].contains(target) else { continue }
            for (number, line) in try Project.lines(of: file).enumerated() where line.contains("strerror(") {
                Issue.record(
                    "\(Project.name(file)):\(number + 1) turns errno into words; FerryLinux does that, once a system call"
                )
            }
        }
    }

    @Test func `every unsafe Sendable says who guards it`() throws {
        for file in Project.files(under: "Sources", withExtension: "swift") {
            let lines = try Project.lines(of: file)
            for (number, line) in lines.enumerated() where line.contains("@unchecked Sendable") {
                let near = lines[max(0, number - 8)...min(lines.count - 1, number + 8)]
                #expect(
                    near.contains { $0.contains("SAFETY:") },
                    "\(Project.name(file)):\(number + 1) is @unchecked Sendable without a SAFETY: line that names its guard"
                )
            }
        }
    }

    @Test func `the map names every target`() throws {
        let map = try String(contentsOf: Project.top.appendingPathComponent("Sources/README.md"), encoding: .utf8)
        let targets = try FileManager.default.contentsOfDirectory(
            atPath: Project.top.appendingPathComponent("Sources").path)
        for target in targets where !target.contains(".") {
            #expect(map.contains(target), "Sources/README.md does not name \(target): the map must stay true")
        }
        #expect(map.split(separator: "\n").count <= 150, "the map is longer than 150 lines")
    }

    @Test func `the README names every dependency`() throws {
        let readme = try String(contentsOf: Project.top.appendingPathComponent("README.md"), encoding: .utf8)
        let manifest = try String(contentsOf: Project.top.appendingPathComponent("Package.swift"), encoding: .utf8)
        for line in manifest.split(separator: "\n") where line.contains(".package(url:") {
            let name = line.split(separator: "\"")[1].split(separator: "/").last.map(String.init) ?? ""
            #expect(readme.contains(name), "README.md gives no reason for \(name)")
        }
    }
}
