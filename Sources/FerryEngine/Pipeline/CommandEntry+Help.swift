import FerryLanguage

extension CommandEntry {
    /// The command behind an alias; the command itself otherwise.
    package var command: CommandEntry { resolved }

    /// The text where comment-based help may stand: what comes before a function in its file, and its body.
    package var commentary: (before: String, body: String) {
        if let function = self as? FunctionCommand {
            let range = function.compiled.syntax.range
            let whole = range.source.text
            let before = Array(whole.utf8.prefix(range.start))
            return (String(decoding: before, as: UTF8.self), function.definition)
        }
        guard commandType == .externalScript, let text = try? FileText.read(source).text else { return ("", "") }
        return ("", text)
    }
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
