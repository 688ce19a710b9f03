import Foundation
import Testing

/// One catalogue of commands, told in four places: the list that registers them, their files, the manifest that exports them and
/// their transcripts. Whoever adds a command and forgets one of them is told here which.
@Suite struct CatalogTests {
    struct Module: Sendable, CustomTestStringConvertible {
        let name: String
        /// Its folder in Sources/FerryCmdlets.
        let folder: String
        /// Swift types of its commands.
        let types: [String]
        let aliases: Set<String>
        var testDescription: String { name }

        /// `Get-VM` by `GetVM`; a command whose file does not name it is left out.
        var commands: [String: String] {
            var commands: [String: String] = [:]
            for type in types { commands[type] = try? name(of: type) }
            return commands
        }

        /// The quoted `Verb-Noun` of the type's file that is the type's name with a hyphen.
        func name(of type: String) throws -> String? {
            let file = Project.top.appendingPathComponent("Sources/FerryCmdlets/\(folder)/\(type).swift")
            let text = try String(contentsOf: file, encoding: .utf8)
            guard text.contains("struct \(type): Cmdlet") else { return nil }
            return type.indices.dropFirst().filter { type[$0].isUppercase }
                .map { "\(type[..<$0])-\(type[$0...])" }
                .first { text.contains("\"\($0)\"") }
        }
    }

    static let modules: [Module] = Project.files(under: "Sources/FerryCmdlets", withExtension: "swift").compactMap {
        file -> Module? in
        guard let text = try? String(contentsOf: file, encoding: .utf8), let start = text.range(of: "= CommandModule(")
        else { return nil }
        let body = text[start.upperBound...]
        let aliases = body.range(of: "aliases: [").map { body[$0.upperBound...].prefix { $0 != "]" } } ?? ""
        return Module(
            name: Project.quoted(in: body).first ?? "", folder: file.deletingLastPathComponent().lastPathComponent,
            types: body.split { !($0.isLetter || $0.isNumber || $0 == ".") }
                .filter { $0.hasSuffix(".self") }.map { String($0.dropLast(5)) },
            // Every other word is the command's.
            aliases: Set(Project.quoted(in: aliases).enumerated().filter { $0.offset % 2 == 0 }.map(\.element)))
    }

    @Test func `the modules are found`() {
        #expect(Self.modules.contains { $0.name == "Hyper-V" && $0.types.count >= 19 })
        #expect(Self.modules.reduce(0) { $0 + $1.types.count } >= 100)
    }

    @Test(arguments: modules)
    func `a command's file and type are its verb and noun without the hyphen`(_ module: Module) {
        for type in module.types {
            #expect(
                module.commands[type] != nil,
                "Sources/FerryCmdlets/\(module.folder)/\(type).swift does not declare struct \(type) of that command: whoever looks for Verb-Noun opens VerbNoun.swift"
            )
        }
        #expect(module.types == module.types.sorted(), "\(module.name) lists its commands out of order")
    }

    @Test(arguments: modules)
    func `a manifest exports what the module registers`(_ module: Module) throws {
        let manifest = Project.top.appendingPathComponent("Modules/\(module.name)/\(module.name).psd1")
        guard let text = try? String(contentsOf: manifest, encoding: .utf8) else { return }
        #expect(
            Project.words(of: "CmdletsToExport", in: text).sorted() == module.commands.values.sorted(),
            "Modules/\(module.name) does not export the commands that Sources/FerryCmdlets/\(module.folder) registers: Get-Module and Import-Module would say another thing than Get-Command"
        )
        #expect(
            Set(Project.words(of: "AliasesToExport", in: text)) == module.aliases,
            "Modules/\(module.name) does not export the aliases that are registered")
    }

    /// Modules whose commands all have a transcript; the others grow into it.
    @Test(arguments: modules.filter { $0.name == "Hyper-V" })
    func `every command has a transcript and every transcript a command`(_ module: Module) {
        let folder = "Tests/FerryCmdletsTests/Transcripts/\(module.folder)"
        let transcripts = Project.files(under: folder, withExtension: "transcript").map {
            $0.deletingPathExtension().lastPathComponent
        }
        #expect(
            transcripts.sorted() == module.commands.values.sorted(),
            "\(folder) is to have one <Verb-Noun>.transcript a command: what an administrator sees of it, -WhatIf, errors and their ids included"
        )
    }

    /// Hyper-V's own short names are what fingers know; an invented one hides a program or another module's command.
    @Test func `the aliases of module Hyper-V are Hyper-V's`() throws {
        let known: Set = [
            "gvm", "gvmr", "gvmrs", "mvmr", "savm", "spvm", "svm", "Get-VMCheckpoint", "Export-VMCheckpoint",
            "Remove-VMCheckpoint", "Rename-VMCheckpoint", "Restore-VMCheckpoint",
        ]
        let module = try #require(Self.modules.first { $0.name == "Hyper-V" })
        #expect(module.aliases.subtracting(known).isEmpty)
    }
}
