package import FerryCore
package import FerryLinux
import Synchronization

/// The two ends of a channel of lines: standard input and output of a server, the pipes of an `ssh` child.
package final class LineChannel: Sendable {
    /// One line, bytes: a fragment is at most 32 KiB, and a peer may put several into one.
    static let lineLimit = 4 << 20
    /// Bodies of messages, in bytes, that a side keeps of what the other one said and nothing has used yet.
    package static let backlogByteLimit = 64 << 20

    private struct Writing {
        var lastObject: UInt64 = 0
        var isBroken = false
    }

    private let input: SharedDescriptor
    private let output: SharedDescriptor
    private let writing = Mutex(Writing())

    package init(input: SharedDescriptor, output: SharedDescriptor) {
        self.input = input
        self.output = output
    }

    // MARK: Writing, from any thread

    /// - Throws: `channelClosed` when nobody reads any more.
    package func send(_ element: TransportElement) throws(Failure) {
        let lines = element.line
        let failure = writing.withLock { put(lines, &$0) }
        if let failure { throw failure }
    }

    /// A message in its fragments, one element each, nothing of others between.
    package func send(_ message: RemotingMessage) throws(Failure) {
        let bytes = message.bytes
        let failure = writing.withLock { writing in
            writing.lastObject += 1
            let lines = Fragment.split(bytes, object: writing.lastObject).map {
                TransportElement(.data, message.pipeline, payload: $0).line
            }
            return put(lines.joined(), &writing)
        }
        if let failure { throw failure }
    }

    private func put(_ lines: String, _ writing: inout Writing) -> Failure? {
        guard !writing.isBroken else {
            return Failure(RemotingFault.channelClosed, "The other side does not listen any more.")
        }
        do throws(Failure) {
            try output.writeAll(Array(lines.utf8), name: "the remote session's channel")
            return nil
        } catch {
            writing.isBroken = true
            return Failure(RemotingFault.channelClosed, "The other side does not listen any more.", cause: error)
        }
    }

    // MARK: Reading, from one thread

    /// Calls `body` for each element until it returns false or the input ends. Empty lines are skipped.
    ///
    /// - Throws: what `body` throws, `malformedMessage`, `malformedDocument`, `tooLarge`.
    package func read(_ body: (TransportElement) throws(Failure) -> Bool) throws(Failure) {
        var pending: [UInt8] = []
        while true {
            let chunk = try input.readSome(65_536, name: "the remote session's channel")
            if chunk.isEmpty { return }
            var rest = chunk[...]
            while let end = rest.firstIndex(of: 0x0A) {
                pending += rest[..<end]
                rest = rest[(end + 1)...]
                if pending.last == 0x0D { pending.removeLast() }
                if !pending.isEmpty {
                    let line = pending
                    pending = []
                    guard try body(try TransportElement(line: line)) else { return }
                }
            }
            pending += rest
            guard pending.count <= Self.lineLimit else {
                throw Failure(RemotingFault.tooLarge, "A line of the channel is longer than \(Self.lineLimit) bytes.")
            }
        }
    }
}
