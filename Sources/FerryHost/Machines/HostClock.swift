import Glibc

/// Readings of this computer's clocks.
package enum HostClock {
    /// Seconds since the kernel started, time asleep included.
    package static var secondsSinceBoot: Double {
        var time = timespec()
        // SAFETY: a local structure of the type the call fills.
        _ = unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
