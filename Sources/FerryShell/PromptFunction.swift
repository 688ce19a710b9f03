import FerryEngine

/// What the function `prompt` says.
enum PromptFunction {
    /// `PS /root> ` when there is no such function, or it fails.
    static func text(_ runspace: Runspace) -> String {
        // `$?` is that of the user's last command.
        let succeeded = runspace.lastSucceeded
        defer { runspace.lastSucceeded = succeeded }
        do throws(Stop) {
            if try runspace.find("prompt", runspace.globalFrame, programs: false) != nil {
                let text = try runspace.call("prompt").map(\.display).joined()
                if !text.isEmpty { return text }
            }
        } catch {
            // A broken prompt function must not lock the user out.
        }
        return "PS \(runspace.location.shown)> "
    }
}
