package import FerryCore

/// Puts messages together again. One for each session and each pipeline of a channel.
package struct Defragmenter {
    /// Of one message, bytes.
    static let messageLimit = 64 << 20

    private var pending: [UInt8] = []
    private var message: [UInt8] = []
    /// The object whose fragments are coming; nil between objects.
    private var object: UInt64?
    private var nextFragment: UInt64 = 0

    package init() {}

    /// - Returns: the messages that `bytes` completed, in order.
    /// - Throws: `malformedMessage`, `tooLarge`; the channel cannot go on then.
    package mutating func add(_ bytes: [UInt8]) throws(Failure) -> [[UInt8]] {
        pending += bytes
        var messages: [[UInt8]] = []
        var position = 0
        while pending.count - position >= Fragment.headerLength {
            let length = number(at: position + 17, 4)
            guard length <= UInt64(Self.messageLimit) else {
                throw malformed("Fragment blob length is out of range: \(length)")
            }
            let start = position + Fragment.headerLength
            let end = start + Int(length)
            guard end <= pending.count else { break }
            let isLast = try take(
                object: number(at: position, 8), fragment: number(at: position + 8, 8), flags: pending[position + 16],
                pending[start..<end])
            position = end
            if isLast {
                messages.append(message)
                message = []
                object = nil
            }
        }
        pending.removeFirst(position)
        return messages
    }

    private mutating func take(object id: UInt64, fragment: UInt64, flags: UInt8, _ bytes: ArraySlice<UInt8>)
        throws(Failure) -> Bool
    {
        guard id > 0 else { throw malformed("ObjectId cannot be less than or equal to 0") }
        let isFirst = flags & 1 != 0
        guard isFirst == (object == nil) else { throw malformed("A first fragment is not where it must be") }
        if isFirst {
            object = id
            nextFragment = 0
        }
        guard object == id else { throw malformed("Unexpected ObjectId received") }
        guard fragment == nextFragment else {
            throw malformed("The FragmentIDs of the same object must be in sequence")
        }
        guard message.count + bytes.count <= Self.messageLimit else {
            throw Failure(RemotingFault.tooLarge, "A message is larger than \(Self.messageLimit) bytes.")
        }
        message += bytes
        nextFragment += 1
        return flags & 2 != 0
    }

    private func number(at start: Int, _ count: Int) -> UInt64 {
        pending[start..<start + count].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func malformed(_ reason: String) -> Failure {
        Failure(
            RemotingFault.malformedMessage,
            "\(reason). This can happen if the fragments are not properly constructed by the remote computer.")
    }
}
