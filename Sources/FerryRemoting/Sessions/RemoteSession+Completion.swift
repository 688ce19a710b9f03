import FerryCore
package import FerryEngine
import FerryLinux

extension RemoteSession {
    /// A question for completions, and its answer until it is looked at.
    struct Asking {
        /// Of the question on its way.
        var interrupt: Interrupt?
        var text = ""
        var cursor = 0
        var answer: RemoteCompletion?
    }

    private static let matchLimit = 2_000

    private static let question = """
        param($line, $cursor)
        $c = TabExpansion2 $line $cursor; $c.ReplacementIndex; $c.ReplacementLength
        foreach ($m in $c.CompletionMatches) { $m.CompletionText; $m.ListItemText; "$($m.ResultType)" }
        """

    /// Asks the host what could stand at the cursor, and waits for its answer no longer than `limit`: one that is late is there
    /// when the same is asked again.
    ///
    /// - Parameter cursor: UTF-16 units.
    /// - Returns: nil when there is no answer yet, or the session cannot give one.
    package func completion(of text: String, cursor: Int, within limit: Duration) -> RemoteCompletion? {
        let interrupt = Interrupt()
        let isNew = asking.update { asking in
            if asking.text == text, asking.cursor == cursor, asking.interrupt != nil || asking.answer != nil {
                return false
            }
            guard asking.interrupt == nil, case .opened = phase, !isBusy else { return false }
            asking = Asking(interrupt: interrupt, text: text, cursor: cursor)
            return true
        }
        if isNew {
            do throws(Failure) {
                _ = try WorkerThread("ssh-complete", stackBytes: Runspace.stackBytes) { [self] in
                    let answer = ask(text, cursor, interrupt)
                    asking.update { asking in
                        asking.interrupt = nil
                        asking.answer = answer
                    }
                }
            } catch { asking.update { $0.interrupt = nil } }
        }
        let answer = asking.wait(until: .after(limit)) { asking -> RemoteCompletion?? in
            guard asking.text == text, asking.cursor == cursor else { return .some(nil) }
            if asking.interrupt != nil { return nil }
            defer { asking.answer = nil }
            return .some(asking.answer)
        }
        return answer ?? nil
    }

    /// Lets a question come to its end before the session is used for something else; `interrupt` stops it.
    package func finishCompletion(_ interrupt: Interrupt) throws(Stop) {
        try interrupt.withHandler({ [asking] in asking.read { $0.interrupt }?.raise() }) { () throws(Stop) in
            _ = asking.wait { $0.interrupt == nil ? true : nil }
        }
    }

    private func ask(_ text: String, _ cursor: Int, _ interrupt: Interrupt) -> RemoteCompletion? {
        var command = RemoteCommand(Self.question)
        command.arguments = [.string(text), .count(cursor)]
        command.showsComputerName = false
        var (places, words) = ([Int](), [String]())
        do throws(Stop) {
            try run(command, interrupt: interrupt, host: nil) { record throws(Stop) in
                guard case .output(let parcel) = record, words.count < Self.matchLimit * 3 else { return }
                switch parcel.open() {
                case .number(let number) where places.count < 2: places.append(Int(clamping: number.asInt64 ?? -1))
                case .string(let word) where places.count == 2: words.append(word)
                default: return
                }
            }
        } catch { return nil }
        guard places.count == 2, places[0] >= 0, places[1] >= 0, places[0] <= text.utf16.count,
            places[1] <= text.utf16.count - places[0]
        else { return nil }
        var found = RemoteCompletion(start: places[0], count: places[1])
        for index in stride(from: 0, to: words.count - 2, by: 3) {
            let match = RemoteCompletion.Match(text: words[index], shown: words[index + 1], kind: words[index + 2])
            // They go to the terminal: what would command it is nobody's name.
            if [match.text, match.shown].allSatisfy(Self.isPrintable) { found.matches.append(match) }
        }
        return found
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
    }
}
