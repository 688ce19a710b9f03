package import FerryEngine

/// What `Set-PSReadLineOption` and `Set-PSReadLineKeyHandler` have set in a session, and the editor they are for.
///
/// A session without a prompt keeps them all the same: its profile may set them.
package final class EditorSettings: RunspaceBelonging {
    /// By folded name of the option.
    private var options: [String: Value] = [:]
    private var colors: [String: String] = [:]
    /// What keys were given, by the name of the key.
    private(set) var handlers: [KeyHandler] = []
    private weak var editor: (any EditedLine)?
    /// Where the history is while nothing else is said.
    private var historyPath: String?

    package init() {}

    package func runspaceEnds() {
        options = [:]
        editor = nil
    }

    package static func of(_ runspace: Runspace) -> EditorSettings {
        let key = ObjectIdentifier(EditorSettings.self)
        if let settings = runspace.belongings[key] as? EditorSettings { return settings }
        let settings = EditorSettings()
        runspace.belongings[key] = settings
        return settings
    }

    /// The editor is there, or another one: it gets everything that was set.
    package func attach(_ editor: any EditedLine, historyPath: String?) {
        self.editor = editor
        self.historyPath = historyPath
        for name in ["EditMode", "HistorySavePath"] where options[name.folded] != nil { apply(name) }
        bindAll()
    }

    // MARK: Options

    func value(of option: EditorOption) -> Value {
        if let set = options[option.name.folded] { return set }
        if option.name == "HistorySavePath", let historyPath { return .string(historyPath) }
        return option.initial()
    }

    func set(_ option: EditorOption, to value: Value) {
        options[option.name.folded] = value
        apply(option.name)
    }

    private func apply(_ name: String) {
        let value = options[name.folded] ?? .null
        switch name {
        case "EditMode":
            editor?.useViKeys(value.display == "Vi")
            bindAll()
        case "HistorySavePath", "HistorySaveStyle":
            let keeps = options["historysavestyle"]?.display != "SaveNothing"
            editor?.keepHistory(in: keeps ? options["historysavepath"]?.display ?? historyPath : nil)
        default: break
        }
    }

    /// What stands in front of the further lines of a command.
    package var continuationPrompt: String { options["continuationprompt"]?.display ?? ">> " }

    /// Decides whether a command is remembered; nil where nobody does.
    package var historyHandler: ScriptBlock? { options["addtohistoryhandler"]?.asObject as? ScriptBlock }

    func color(_ name: String) -> String {
        colors[name.folded] ?? EditorOption.colors.first { $0.name == name }?.sequence ?? ""
    }

    func setColor(_ name: String, to sequence: String) { colors[name.folded] = sequence }

    // MARK: Keys

    func bind(_ handler: KeyHandler) {
        remove(handler.chord, inCommandMode: handler.isCommandMode)
        handlers.append(handler)
        apply(handler)
    }

    /// - Returns: false when nobody had given it another meaning.
    @discardableResult private func remove(_ chord: KeyChord, inCommandMode: Bool) -> Bool {
        let count = handlers.count
        handlers.removeAll { $0.chord.name == chord.name && $0.isCommandMode == inCommandMode }
        return handlers.count < count
    }

    func unbind(_ chord: KeyChord, inCommandMode: Bool) {
        if remove(chord, inCommandMode: inCommandMode) { apply("EditMode") }
    }

    private func bindAll() { for handler in handlers { apply(handler) } }

    private func apply(_ handler: KeyHandler) {
        guard let name = handler.function.editorName else { return }
        // An escape character alone begins what other keys send: it cannot have a meaning of its own as well.
        for sequence in handler.chord.sequences where sequence != "\u{1B}" {
            editor?.bind(sequence, to: name, inCommandMode: handler.isCommandMode)
        }
    }
}
