import Glibc
import Synchronization

/// Reads what is typed, one character at a time, for libedit.
///
/// libedit's own reader would answer Ctrl-C only with the next key: it tries again after a signal, and the signal may have
/// come to another thread.
enum KeyReader {
    /// What ended a wait for a key.
    enum Outcome {
        /// Bytes that are no UTF-8 come as U+FFFD.
        case character(Unicode.Scalar)
        case endOfInput
        /// Ctrl-C, or an error.
        case interrupted
    }

    /// Bytes that were read by somebody who looked for others.
    private static let pushedBack = Mutex<[UInt8]>([])

    static var hasPushedBack: Bool { pushedBack.withLock { !$0.isEmpty } }
    static func pushBack(_ bytes: [UInt8]) { pushedBack.withLock { $0.insert(contentsOf: bytes, at: 0) } }
    static func dropPushedBack() { pushedBack.withLock { $0 = [] } }

    /// One byte of standard input; the count of `read`.
    static func read(_ byte: inout UInt8) -> Int {
        let known: UInt8? = pushedBack.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let known {
            byte = known
            return 1
        }
        // SAFETY: one byte, into a variable that outlives the call.
        return unsafe Glibc.read(STDIN_FILENO, &byte, 1)
    }

    /// Blocks until a character is there.
    ///
    /// - Parameter resized: called when the terminal changed its size meanwhile.
    static func next(resized: () -> Void = {}) -> Outcome {
        var decoder = UTF8Decoder()
        while true {
            guard waitForInput(resized) else { return .interrupted }
            var byte: UInt8 = 0
            let count = read(&byte)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return count == 0 ? .endOfInput : .interrupted }
            if let scalar = decoder.take(byte) { return .character(scalar) }
        }
    }

    /// Blocks until standard input has something or has ended; false after Ctrl-C.
    static func waitForInput(_ resized: () -> Void = {}) -> Bool {
        var waits = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: TerminalInterrupt.wakeDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        while !TerminalInterrupt.wasRequested {
            if TerminalResize.take() { resized() }
            if hasPushedBack { return true }
            // SAFETY: the array has the two elements it is said to have.
            let count = unsafe poll(&waits, nfds_t(waits.count), -1)
            if count > 0, waits[1].revents != 0, !TerminalInterrupt.wasRequested { TerminalInterrupt.drain() }
            if TerminalResize.isPending { continue }
            if count > 0, waits[0].revents != 0 { return !TerminalInterrupt.wasRequested }
            if count < 0, errno != EINTR { return true }
        }
        return false
    }
}

/// Puts the bytes of one character together.
private struct UTF8Decoder {
    private var bytes: [UInt8] = []

    /// The character, once `byte` completes it.
    mutating func take(_ byte: UInt8) -> Unicode.Scalar? {
        bytes.append(byte)
        let length =
            switch bytes[0] {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        let isContinued = bytes.count == 1 || (0x80...0xBF).contains(byte)
        if bytes.count < length, isContinued { return nil }
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.first
    }
}
