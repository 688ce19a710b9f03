import CLinux

/// What a spawn of the shell's own needs of the C library beyond what Swift can import.
package enum SpawnSupport {
    /// Two ends of a pipe, closed in programs that are started. 0, or a negated errno.
    package static func pipe(_ ends: inout [Int32]) -> Int32 {
        precondition(ends.count == 2, "a pipe has two ends")
        // SAFETY: the call fills the two elements.
        return unsafe ferry_pipe(&ends)
    }

    /// Makes the program start in `folder`.
    ///
    /// - Parameter actions: an initialised `posix_spawn_file_actions_t`.
    package static func changeFolder(_ actions: UnsafeMutableRawPointer, to folder: String) {
        // SAFETY: the actions were initialised by the caller; the path is copied.
        _ = unsafe ferry_spawn_in_folder(actions, folder)
    }

    /// The stack of the calling thread; nil when the C library does not tell.
    package static func stackOfThisThread() -> (lowest: UInt, size: UInt)? {
        var lowest: UInt = 0
        var size: UInt = 0
        // SAFETY: the call fills the two locals.
        guard unsafe ferry_stack_of_this_thread(&lowest, &size) == 0 else { return nil }
        return (lowest, size)
    }
}
