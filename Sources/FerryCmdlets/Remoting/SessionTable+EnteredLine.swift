package import FerryEngine
import FerryRemoting

extension SessionTable {
    /// The prompt of the session that was entered, `[host]: PS /root> `; nil when none is.
    package func enteredPrompt(_ interrupt: Interrupt) -> String? {
        guard let session = entered else { return nil }
        var text = ""
        // A Ctrl-C that stopped the last command may be heard of once more, and is no answer to the prompt.
        for _ in 0..<2 {
            interrupt.clear()
            do throws(Stop) {
                try session.remote.finishCompletion(interrupt)
                try session.remote.run(RemoteCommand("prompt"), interrupt: interrupt, host: nil) {
                    record throws(Stop) in
                    if case .output(let parcel) = record { text += parcel.open().display }
                }
                break
            } catch {
                // A session that is lost says so when a command is typed; without a prompt function there is no text.
                guard case .interrupted = error else { break }
            }
        }
        return "[\(session.remote.target.host)]: " + (text.isEmpty ? "PS> " : text)
    }

    /// Runs a typed line where it was meant to run: false when no session is entered. A session that is lost is left.
    package func runEntered(_ line: String, _ runspace: Runspace) -> Bool {
        guard let session = entered else { return false }
        let words = line.folded.split(whereSeparator: \.isWhitespace)
        // `exit 3`, too: there is no process of ours over there whose code it could be.
        if words == ["exit-pssession"] || words == ["exsn"] || words.first == "exit" && words.count <= 2 {
            return leave()
        }
        runspace.runLine { sink throws(Stop) in
            try session.remote.finishCompletion(runspace.interrupt)
            try session.remote.run(RemoteCommand(line), interrupt: runspace.interrupt, host: runspace.host) {
                record throws(Stop) in try record.show(in: runspace, sink)
            }
        }
        if session.state != "Opened" { leave() }
        return true
    }
}
