import FerryCore
import FerryLinux

/// A connection whose first record has verified under the move's key: the move's own.
package struct VerifiedChannel: Sendable {
    let channel: Channel
    /// Of the control channel; nil for one that carries data.
    let hello: HelloMessage?

    init(_ channel: Channel, _ hello: HelloMessage?) {
        self.channel = channel
        self.hello = hello
    }

    static func notOpened(_ incoming: IncomingChannel) -> Failure {
        Failure(
            TransferFault.protocolViolation,
            "'\(incoming.socket.peerName)' did not open connection \(incoming.number).",
            target: incoming.socket.peerName)
    }
}
