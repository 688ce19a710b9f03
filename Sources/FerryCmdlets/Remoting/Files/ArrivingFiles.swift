import FerryEngine
import Synchronization

/// The file that a session's client is sending, one at a time: what is left of it goes with the session.
package final class ArrivingFiles: Sendable {
    private struct State {
        var current: ArrivingFile?
        var isClosed = false
    }

    private let state = Mutex(State())

    package init() {}

    /// One that has not arrived before is discarded.
    ///
    /// - Throws: when the session is over.
    func begin(_ file: ArrivingFile) throws(Stop) {
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            state.current?.discard()
            state.current = file
            return true
        }
        guard isTaken else { throw .interrupted }
    }

    /// The file that the client began, by its id; nil for one it has not, or that has come to its end.
    func file(_ id: String) -> ArrivingFile? {
        state.withLock { $0.current?.id == id ? $0.current : nil }
    }

    func end(_ file: ArrivingFile) {
        file.discard()
        state.withLock { if $0.current === file { $0.current = nil } }
    }

    /// Nothing is left of one that has not arrived.
    func discard() {
        state.withLock { state in
            state.current?.discard()
            state.current = nil
        }
    }

    /// The session is over: what has not arrived will not.
    package func close() {
        state.withLock { state in
            state.isClosed = true
            state.current?.discard()
            state.current = nil
        }
    }
}
