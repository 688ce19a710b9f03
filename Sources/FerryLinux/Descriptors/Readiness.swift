import CLinux
import FerryCore
import Glibc

/// Waits in poll(2), with an end.
enum Readiness {
    static let reading = Int16(POLLIN)
    static let writing = Int16(POLLOUT)

    /// Returns once `number` is ready for `events`, hung up or in error: the call that follows tells which.
    ///
    /// - Parameter attempt: what the caller is doing, as a clause that follows "Cannot".
    static func wait(
        _ number: Int32, for events: Int16, until deadline: Deadline, stop: StopSignal? = nil,
        attempt: @autoclosure () -> String
    ) throws(Failure) {
        while true {
            let milliseconds = deadline.pollMilliseconds
            let result =
                if let stop {
                    stop.withRaw { ferry_poll_two(number, events, $0, milliseconds) }
                } else {
                    ferry_poll_one(number, events, milliseconds)
                }
            if result < 0, result != -EINTR { throw Failure(errno: result, attempt()) }
            if result > 0 {
                if stop != nil, result & 2 != 0 { throw Failure(errno: ECANCELED, attempt()) }
                return
            }
            if deadline.hasPassed { throw Failure(errno: ETIMEDOUT, attempt()) }
        }
    }
}
