import FerryCmdlets
import FerryEngine
import Foundation
import Testing

/// What ships is described: a command without words for one of its parameters is not finished.
@Suite struct HelpFileTests {
    struct Topic: Sendable, CustomTestStringConvertible {
        let command: String
        let module: String
        let parameters: [String]
        /// What the command has besides: -WhatIf and -Confirm.
        let common: [String]
        var testDescription: String { command }

        var text: String? {
            try? String(
                contentsOf: Checkout.modules.appendingPathComponent("\(module)/help/\(command).md"), encoding: .utf8)
        }

        /// The lines below `## title`, without empty ones.
        func chapter(_ title: String) -> [Substring] {
            let lines = (text ?? "").split(separator: "\n")
            guard let start = lines.firstIndex(where: { $0 == "## \(title)" }) else { return [] }
            return Array(lines[(start + 1)...].prefix { !$0.hasPrefix("## ") })
        }
    }

    static let topics: [Topic] = CommandModules.all.flatMap { module in
        module.commands.map { type in
            let signature = type.signature
            return Topic(
                command: signature.name, module: module.name,
                parameters: signature.parameters.filter { !$0.isCommon && !$0.isHidden }.map(\.name),
                common: signature.parameters.filter(\.isCommon).map(\.name))
        }
    }

    @Test(arguments: topics) func `a command has a topic that describes each of its parameters`(_ topic: Topic) {
        let file = "Modules/\(topic.module)/help/\(topic.command).md"
        #expect(topic.text != nil, "\(file) does not exist: Get-Help \(topic.command) shows the syntax alone")
        #expect(topic.chapter("SYNOPSIS").count == 1, "\(file) has no synopsis of one line")
        #expect(!topic.chapter("DESCRIPTION").isEmpty, "\(file) has no description")
        let described = topic.chapter("PARAMETERS")
        for parameter in topic.parameters {
            let index = described.firstIndex { $0 == "### -\(parameter)" }
            #expect(index != nil, "\(file) does not mention -\(parameter)")
            guard let index else { continue }
            #expect(
                index + 1 < described.count && !described[index + 1].hasPrefix("#"),
                "\(file) says nothing about -\(parameter)")
        }
        for line in described where line.hasPrefix("### ") {
            #expect(
                (topic.parameters + topic.common).contains { line == "### -\($0)" },
                "\(file) describes \(line.dropFirst(4)), which \(topic.command) does not have")
        }
        let examples = topic.chapter("EXAMPLES").count { $0.hasPrefix("### Example ") }
        #expect(examples >= (topic.parameters.isEmpty ? 1 : 2), "\(file) has \(examples) worked examples")
    }

    @Test func `a topic leads to topics that exist`() throws {
        let files = Checkout.moduleFiles(endingWith: ".md")
        let names = Set(files.map { String($0.split(separator: "/").last?.dropLast(3) ?? "") })
        for subject in [
            "about_Moving_Virtual_Machines", "about_Migration_Networks_and_Trust", "about_Virtual_Machine_Storage",
            "about_Sessions", "about_Jobs",
        ] { #expect(names.contains(subject)) }
        for file in files {
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            guard let start = lines.firstIndex(where: { $0 == "## RELATED LINKS" || $0 == "## SEE ALSO" }) else {
                Issue.record("\(file) leads nowhere")
                continue
            }
            for link in lines[(start + 1)...] where !link.hasPrefix("#") {
                #expect(names.contains(String(link)), "\(file) leads to \(link), which has no topic")
            }
        }
    }
}
