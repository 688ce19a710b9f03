import FerryEngine

/// A key that was given a function.
struct KeyHandler {
    let chord: KeyChord
    let function: EditorFunction
    /// In vi's command mode, and not where a line begins.
    let isCommandMode: Bool

    /// `-ViMode`: both names are those of vi's modes.
    static let viMode = Parameter<String>(
        "ViMode", validate: [.set(["Insert", "Command"], ignoreCase: true, message: nil)])

    /// What a call says of it.
    static func isCommandMode(_ call: Call) -> Bool { call[viMode].folded == "command" }
}
