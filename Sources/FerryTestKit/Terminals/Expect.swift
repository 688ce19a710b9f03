package import FerryCore
package import FerryLinux
import Glibc

/// Drives a program on a pseudo-terminal as a person would: type, wait for words.
///
/// Not for several threads at once. The program is killed with the object.
package final class Expect {
    package let process: ProcessHandle
    private let terminal: Terminal
    private var seen: [UInt8] = []
    /// Everything before this was matched already, as an offset into `text`.
    private var matched = 0

    /// Kept as long as the program runs.
    private let home: TemporaryDirectory?

    /// - Parameter home: a folder the program needs as long as it runs.
    package init(
        _ program: Program, rows: UInt16 = 24, columns: UInt16 = 80, keeping home: TemporaryDirectory? = nil
    ) throws(Failure) {
        self.home = home
        let pair = try Terminal.open(rows: rows, columns: columns)
        process = try program.start(onTerminal: pair.slave)
        terminal = pair.master
    }

    deinit { _ = try? process.kill() }

    /// Everything the program wrote so far, control sequences included.
    package var rawText: String { String(decoding: seen, as: UTF8.self) }

    /// Everything the program wrote so far, without control sequences and carriage returns.
    package var text: String { ControlSequences.stripped(seen) }

    /// Types `text`. `\r` is the return key, `\u{3}` is Ctrl-C.
    package func send(_ text: String) throws(Failure) { try terminal.write(Array(text.utf8)) }

    package func sendLine(_ text: String) throws(Failure) { try send(text + "\r") }

    package func resize(rows: UInt16, columns: UInt16) throws(Failure) {
        try terminal.resize(rows: rows, columns: columns)
    }

    /// Waits until `words` appear after what was matched before, and returns what stood between.
    @discardableResult
    package func expect(_ words: String, within limit: Duration = .seconds(20)) throws(Failure) -> String {
        let deadline = Deadline.scaled(limit)
        while true {
            let all = Array(text.utf8)
            if let found = all.firstRange(of: words.utf8, from: matched) {
                defer { matched = found.upperBound }
                return String(decoding: all[matched..<found.lowerBound], as: UTF8.self)
            }
            guard try readMore(deadline) else {
                throw Failure(
                    LinuxFault.timedOut,
                    "\"\(words)\" did not appear; after what was matched the program wrote: \(String(decoding: all.dropFirst(matched), as: UTF8.self).debugDescription)",
                    target: "\(process)")
            }
        }
    }

    /// Waits until the program has written `sequence` at any time, control characters included.
    package func expectRaw(_ sequence: String, within limit: Duration = .seconds(20)) throws(Failure) {
        let deadline = Deadline.scaled(limit)
        while !rawText.contains(sequence) {
            guard try readMore(deadline) else {
                throw Failure(
                    LinuxFault.timedOut, "\(sequence.debugDescription) was not written.", target: "\(process)")
            }
        }
    }

    /// Waits for the program's end, reading what it still writes.
    package func waitForExit(within limit: Duration = .seconds(20)) throws(Failure) -> ExitStatus {
        let deadline = Deadline.scaled(limit)
        while try readMore(deadline) {}
        return try process.waitForExit(until: deadline)
    }

    /// false at the end of the program's output or of the time.
    private func readMore(_ deadline: Deadline) throws(Failure) -> Bool {
        guard let bytes = try terminal.read(until: deadline), !bytes.isEmpty else { return false }
        seen += bytes
        return true
    }
}

extension [UInt8] {
    fileprivate func firstRange(of words: String.UTF8View, from start: Int) -> Range<Int>? {
        let wanted = Array(words)
        guard !wanted.isEmpty else { return start..<start }
        var position = start
        while position + wanted.count <= count {
            if self[position] == wanted[0], self[position..<position + wanted.count].elementsEqual(wanted) {
                return position..<position + wanted.count
            }
            position += 1
        }
        return nil
    }
}
