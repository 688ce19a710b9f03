import FerryCmdlets
import FerryEngine

/// Where a command is remembered: what the block of `Set-PSReadLineOption -AddToHistoryHandler` says.
enum HistoryChoice {
    case memoryAndFile, memory, nowhere

    /// A block that fails has said nothing.
    static func place(of command: String, _ settings: EditorSettings, _ runspace: Runspace) -> HistoryChoice {
        guard let handler = settings.historyHandler else { return .memoryAndFile }
        // `$?` is that of the user's last command.
        let succeeded = runspace.lastSucceeded
        defer { runspace.lastSucceeded = succeeded }
        let sink = CollectingSink()
        do throws(Stop) {
            try handler.invoke(
                runspace.globalFrame, arguments: [.string(command)], newScope: true, output: sink)
        } catch { return .memoryAndFile }
        guard let answer = sink.values.last else { return .memoryAndFile }
        switch answer.display.lowercased() {
        case "false", "skipadding": return .nowhere
        case "memoryonly": return .memory
        default: return .memoryAndFile
        }
    }
}
