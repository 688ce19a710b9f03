/// 32 bytes that both hosts got from the sign-in and nobody else has. Every key of a move is derived from it.
package struct TrafficSecret: Sendable {
    let bytes: [UInt8]

    package static let length = 32

    /// nil unless there are exactly 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// From the system's generator, for the source of a move whose sign-in carries a secret over its own encrypted channel.
    package static func make() -> TrafficSecret {
        var generator = SystemRandomNumberGenerator()
        return TrafficSecret(drawingFrom: &generator)
    }

    private init(drawingFrom generator: inout SystemRandomNumberGenerator) {
        bytes = (0..<Self.length).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// For the message of the sign-in that hands the secret over. It must not reach a log.
    package func exposed() -> [UInt8] { bytes }
}

extension TrafficSecret: CustomStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// How the records of a move are protected.
package struct TrafficProtection: Sendable {
    package enum Mode: UInt8, Sendable {
        /// AES-256-GCM.
        case encrypted = 1
        /// The same authentication code over bytes in the clear.
        case authenticated = 0
    }

    package var mode: Mode
    /// nil: the code finds damage and accidents, not forgery.
    package var secret: TrafficSecret?

    private init(mode: Mode, secret: TrafficSecret?) {
        self.mode = mode
        self.secret = secret
    }

    package static func encrypted(_ secret: TrafficSecret) -> Self { Self(mode: .encrypted, secret: secret) }

    /// Nobody's secret stays one without encryption, but with the sign-in's secret nobody can alter what is sent.
    package static func plain(_ secret: TrafficSecret? = nil) -> Self { Self(mode: .authenticated, secret: secret) }

    package var isEncrypted: Bool { mode == .encrypted }
}
