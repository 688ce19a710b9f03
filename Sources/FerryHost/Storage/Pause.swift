import Glibc

/// Lets two milliseconds pass where nothing announces the event that is waited for. Never on the frozen path.
func pauseBriefly() {
    _ = usleep(2_000)
}
