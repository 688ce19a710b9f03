import FerryLanguage

extension CommandEntry {
    /// The command behind an alias; the command itself otherwise.
    package var command: CommandEntry { resolved }

    /// The text where comment-based help may stand: what comes before a function in its file, and its body.
    package var commentary: (before: String, body: String) {
        if let function = self as? FunctionCommand {
            let syntax = function.compiled.syntax
            let before = Array(syntax.range.source.text.utf8.prefix(syntax.range.start))
            return (String(decoding: before, as: UTF8.self), syntax.bodyRange.text)
        }
        guard commandType == .externalScript, let text = try? FileText.read(source).text else { return ("", "") }
        return ("", text)
    }

    /// What stands beside the parameters of a function or script, by folded name.
    package var parameterNotes: [String: ParameterNote] {
        let compiled = (self as? FunctionCommand)?.compiled ?? (self as? ScriptFileCommand)?.compiled
        guard let block = compiled?.parameters?.block else { return [:] }
        let bytes = Array(block.range.source.text.utf8)
        var notes: [String: ParameterNote] = [:]
        var end = block.range.start
        for declaration in block.parameters {
            let start = max(end, declaration.range.start)
            let before = String(decoding: bytes[end..<start], as: UTF8.self)
            var value = declaration.defaultValue?.range.text
            for case .attribute(let attribute) in declaration.attributes
            where attribute.typeName.matches("PSDefaultValue") {
                let given = ["Help", "Value"].compactMap { key in
                    attribute.named.first { $0.name.folded == key.folded }?.value?.range.text
                }
                value = given.first ?? value
            }
            if let text = value, text.count > 1, text.hasPrefix("'"), text.hasSuffix("'") {
                value = String(text.dropFirst().dropLast()).replacing("''", with: "'")
            }
            notes[declaration.name.folded] = ParameterNote(before: before, defaultValue: value)
            end = declaration.range.end
        }
        return notes
    }
}

/// The text before a parameter's declaration, where a comment may stand, and its default value as it is written.
package struct ParameterNote {
    package let before: String
    package let defaultValue: String?
}

extension CommandIO {
    /// A text file of a module's folder, whether or not the module is loaded.
    package func moduleText(_ file: String, of module: String) -> String? {
        for folder in ModuleFiles.withHelp {
            guard let entry = FileText.entries(of: folder).first(where: { $0.folded == module.folded }) else {
                continue
            }
            if let text = try? FileText.read("\(folder)/\(entry)/\(file)").text { return text }
        }
        return nil
    }

    /// Files of all modules' folders of that name, as module and file, sorted by file. Where modules lie in several places the
    /// first one's file counts.
    package func moduleFiles(in folder: String, withPrefix prefix: String) -> [(module: String, file: String)] {
        ModuleTable.files(in: folder, withPrefix: prefix)
    }
}

extension ModuleTable {
    /// Files of all modules that are found, by name.
    static func files(in folder: String, withPrefix prefix: String) -> [(module: String, file: String)] {
        var found: [(module: String, file: String)] = []
        for place in ModuleFiles.withHelp {
            for module in FileText.entries(of: place) {
                for file in FileText.entries(of: "\(place)/\(module)/\(folder)")
                where file.hasPrefix(prefix) && !found.contains(where: { $0.file == file && $0.module == module }) {
                    found.append((module, file))
                }
            }
        }
        return found.sorted { $0.file < $1.file }
    }
}
