import FerryCmdlets
import FerryCore
import FerryLinux
import FerryRemoting
import Glibc

/// `ferry -sshs`: serves one session on standard input and output until the client leaves.
enum RemotingProgram {
    static func run() -> Int32 {
        do throws(Failure) {
            let channel = LineChannel(input: try .standard(STDIN_FILENO), output: try .standard(STDOUT_FILENO))
            try keepStandardStreamsOut()
            let arrivals = ArrivingFiles()
            defer { arrivals.close() }
            try RemotingServer(channel) { runspace in
                Program.prepare(runspace)
                SessionFileCommands.register(in: runspace, arrivals)
            }.run()
            return 0
        } catch {
            TerminalHost.send("ferry: \(error.explanation)\n", to: STDERR_FILENO)
            return 1
        }
    }

    /// Programs that scripts start must neither read the client's lines nor write between ours.
    private static func keepStandardStreamsOut() throws(Failure) {
        let null = try Descriptor.open("/dev/null", O_RDONLY)
        null.withRaw { number in
            _ = dup2(number, STDIN_FILENO)
            _ = dup2(STDERR_FILENO, STDOUT_FILENO)
        }
    }
}
