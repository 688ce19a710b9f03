import FerryLinux
import Glibc

/// What a terminal that shows no keys by itself is asked between lines.
enum TerminalKeys {
    /// How long a terminal may take to say where its cursor is.
    private static let answerTime = Duration.seconds(1)
    private static let answerLimit = 64 << 10

    /// Runs `body` while keys come at once and unseen. Ctrl-C stays a signal.
    static func withRawKeys<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        var saved = termios()
        // SAFETY: the calls fill or read the structure they are given.
        guard unsafe tcgetattr(STDIN_FILENO, &saved) == 0 else { return try body() }
        var quiet = saved
        quiet.c_lflag &= ~tcflag_t(ECHO | ICANON)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet)
        defer { _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &saved) }
        return try body()
    }

    /// Whether a key was pressed that nobody has read.
    static func areWaiting() -> Bool {
        KeyReader.hasPushedBack || withRawKeys { waits(milliseconds: 0) }
    }

    /// Column and row from 0, by the report the terminal sends when asked (CSI 6 n); nil when none comes. Keys pressed meanwhile
    /// are read later.
    static func cursor() -> (column: Int, row: Int)? {
        withRawKeys {
            TerminalHost.send("\u{1B}[6n", to: STDOUT_FILENO)
            let deadline = Deadline.after(answerTime)
            var bytes: [UInt8] = []
            defer { KeyReader.pushBack(bytes) }
            while bytes.count < answerLimit, !TerminalInterrupt.wasRequested {
                guard !deadline.hasPassed, waits(milliseconds: 20) else {
                    if deadline.hasPassed { return nil }
                    continue
                }
                var byte: UInt8 = 0
                // SAFETY: one byte, into a variable that outlives the call.
                guard unsafe Glibc.read(STDIN_FILENO, &byte, 1) == 1 else { return nil }
                bytes.append(byte)
                if let (range, place) = report(in: bytes) {
                    bytes.removeSubrange(range)
                    return place
                }
            }
            return nil
        }
    }

    /// `ESC [ row ; column R` at the end of `bytes`.
    private static func report(in bytes: [UInt8]) -> (Range<Int>, (column: Int, row: Int))? {
        guard bytes.last == UInt8(ascii: "R"), let start = bytes.lastIndex(of: 0x1B), bytes.count - start < 16,
            bytes.count > start + 2, bytes[start + 1] == UInt8(ascii: "[")
        else { return nil }
        let numbers = String(decoding: bytes[(start + 2)..<(bytes.count - 1)], as: UTF8.self)
            .split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let row = numbers[0], let column = numbers[1], row > 0, column > 0 else { return nil }
        return (start..<bytes.count, (column: column - 1, row: row - 1))
    }

    private static func waits(milliseconds: Int32) -> Bool {
        var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        // SAFETY: one structure, as it is said to be.
        return unsafe poll(&wait, 1, milliseconds) > 0 && wait.revents & Int16(POLLIN) != 0
    }
}
