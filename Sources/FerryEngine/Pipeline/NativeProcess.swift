import FerryLinux
import Glibc

/// A program started by the shell, with up to three pipes to it. Descriptors are closed when the value goes away; the process is
/// reaped by `wait`.
final class NativeProcess {
    /// What a child's standard stream is connected to.
    enum Stream {
        /// The shell's own.
        case inherited
        case pipe
        case null
        /// As the child's standard output.
        case output
    }

    let pid: pid_t
    private(set) var input: Int32 = -1
    private(set) var output: Int32 = -1
    private(set) var errors: Int32 = -1
    private var status: Int32?

    /// Starts the program in `folder`.
    init(
        path: String, arguments: [String], folder: String, input wantsInput: Stream, output wantsOutput: Stream,
        errors wantsErrors: Stream
    )
        throws(Stop)
    {
        var pipes: [[Int32]] = []
        func makePipe() throws(Stop) -> [Int32] {
            var ends: [Int32] = [-1, -1]
            let code = SpawnSupport.pipe(&ends)
            guard code == 0 else { throw NativeProcess.failure(-code, path) }
            pipes.append(ends)
            return ends
        }
        func closeAll() {
            for ends in pipes { for end in ends { _ = close(end) } }
        }
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        // SAFETY: plain spawn calls on locals that are destroyed on the way out; argv and envp live until the call returns.
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigaddset(&signals, SIGINT)
        unsafe sigaddset(&signals, SIGQUIT)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        unsafe SpawnSupport.changeFolder(&actions, to: folder)
        do throws(Stop) {
            switch wantsInput {
            case .pipe:
                let ends = try makePipe()
                input = ends[1]
                unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
            case .null: unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            case .inherited, .output: break
            }
            switch wantsOutput {
            case .pipe:
                let ends = try makePipe()
                output = ends[0]
                unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            case .null: unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
            case .inherited, .output: break
            }
            switch wantsErrors {
            case .pipe:
                let ends = try makePipe()
                errors = ends[0]
                unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
            case .null: unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
            case .output: unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
            case .inherited: break
            }
        } catch {
            closeAll()
            throw error
        }
        let words = [path] + arguments
        var child: pid_t = 0
        let code = unsafe NativeProcess.withStrings(words) { argv in
            unsafe posix_spawn(&child, path, &actions, &attributes, argv, environ)
        }
        pid = child
        // The child's ends are its own now.
        for ends in pipes {
            for end in ends where end != input && end != output && end != errors { _ = close(end) }
        }
        guard code == 0 else {
            closeInput()
            closeOutputs()
            throw NativeProcess.failure(code, path)
        }
        for descriptor in [input, output, errors] where descriptor >= 0 {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
    }

    deinit {
        closeInput()
        closeOutputs()
        // A program that never started has no process: 0 would mean this one's whole group.
        if status == nil, pid > 0 {
            // Nobody waited: the pipeline was stopped. The child loses its pipes and is told to end.
            _ = kill(pid, SIGTERM)
            var status: Int32 = 0
            if unsafe waitpid(pid, &status, WNOHANG) == 0 {
                _ = usleep(20_000)
                if unsafe waitpid(pid, &status, WNOHANG) == 0 {
                    _ = kill(pid, SIGKILL)
                    _ = unsafe waitpid(pid, &status, 0)
                }
            }
        }
    }

    func closeInput() {
        if input >= 0 { _ = close(input) }
        input = -1
    }

    func closeOutput(_ descriptor: Int32) {
        if descriptor == output { output = -1 }
        if descriptor == errors { errors = -1 }
        _ = close(descriptor)
    }

    private func closeOutputs() {
        if output >= 0 { _ = close(output) }
        if errors >= 0 { _ = close(errors) }
        output = -1
        errors = -1
    }

    /// Waits for the end. The exit code, or 128 + the signal's number. Ctrl-C goes to the child (the terminal sends it to both;
    /// a programmatic one is passed on), and its end is waited for.
    func wait(_ interrupt: Interrupt) -> Int32 {
        let pid = pid
        var status: Int32 = 0
        _ = try? interrupt.withHandler({ _ = kill(pid, SIGINT) }) { () throws(Stop) in
            // SAFETY: waits for our own child; EINTR repeats.
            while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        }
        self.status = status
        let signal = status & 0x7f
        if signal == SIGINT { awaitOwn(interrupt) }
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    /// Ctrl-C ended the child, and the terminal sent it to this process as well: another thread may still be on its way to say so.
    /// Bounded, because somebody else may have ended the child.
    private func awaitOwn(_ interrupt: Interrupt) {
        for _ in 0..<1_000 where !interrupt.isRaised { _ = usleep(2_000) }
    }

    private static func failure(_ code: Int32, _ path: String) -> Stop {
        .runtime(
            "NativeCommandFailed", .resourceUnavailable,
            "Program '\(PathText.leaf(path))' failed to run: An error occurred trying to start process '\(path)'. "
                + FileFailure.reason(code), exception: "System.Management.Automation.ApplicationFailedException")
    }

    private static func withStrings<Result>(
        _ words: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        // SAFETY: strdup'ed strings and the array outlive the call and are freed after it.
        var pointers = unsafe words.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            // The buffer is never empty: it ends with nil.
            unsafe body(buffer.baseAddress.unsafelyUnwrapped)
        }
    }
}
