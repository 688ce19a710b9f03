import CLinux
package import FerryCore
import Glibc
import Synchronization

/// What a short-lived program left behind.
package struct CommandResult: Sendable {
    package let status: ExitStatus
    package let output: [UInt8]
    package let errorOutput: [UInt8]
    /// More was written than `outputLimit` and dropped.
    package let isTruncated: Bool

    package var outputText: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
}

/// Runs short-lived programs (qemu-img, ssh, chroot) to their end. It never outlives its time: the whole session of the
/// program is killed when `timeout` passes.
package struct Command: Sendable {
    package var program: Program
    /// Sent to its standard input, then closed.
    package var input: [UInt8] = []
    package var timeout: Duration = .seconds(60)
    /// Of each stream, bytes. The program is not blocked by what is beyond.
    package var outputLimit = 4 << 20

    package init(_ path: String, _ arguments: [String] = []) { program = Program(path, arguments) }

    /// Runs it; a bad exit code is a result, not a failure. `timedOut` after `timeout`, `cancelled` by `stop`.
    package func run(stop: StopSignal? = nil) throws(Failure) -> CommandResult {
        let deadline = Deadline.after(timeout)
        var program = program
        let outputPipe = try Pipe()
        let errorPipe = try Pipe()
        let inputPipe = try Pipe()
        program.output = .descriptor(outputPipe.takeWriting())
        program.error = .descriptor(errorPipe.takeWriting())
        program.input = .descriptor(inputPipe.takeReading())
        program.startsSession = true
        let limit = outputLimit
        let collectors = try [outputPipe, errorPipe].map { (pipe) throws(Failure) in
            try Collector(pipe.takeReading(), limit: limit)
        }
        let feeder = try Feeder(inputPipe.takeWriting(), input)
        let process: ProcessHandle
        do throws(Failure) {
            process = try program.start()
        } catch {
            feeder.finish()
            for collector in collectors { collector.finish(within: .zero, killing: nil) }
            throw error
        }
        // Our copies of the child's ends, or its end would never be seen.
        program.output = .null
        program.error = .null
        program.input = .null
        do throws(Failure) {
            let status = try process.waitForExit(until: deadline, stop: stop)
            // A grandchild may hold the pipes open; it had its time.
            for collector in collectors { collector.finish(within: .milliseconds(500), killing: process.pid) }
            feeder.finish()
            return CommandResult(
                status: status, output: collectors[0].bytes, errorOutput: collectors[1].bytes,
                isTruncated: collectors.contains { $0.isTruncated })
        } catch {
            _ = ferry_kill_group(process.pid, SIGKILL)
            _ = try? process.kill()
            for collector in collectors { collector.finish(within: .milliseconds(500), killing: process.pid) }
            feeder.finish()
            let name = (program.path.split(separator: "/").last.map(String.init)) ?? program.path
            if error.is(LinuxFault.timedOut) {
                throw Failure(
                    LinuxFault.timedOut, "\(name) did not finish within \(timeout) and was ended.", target: program.path
                )
            }
            throw error
        }
    }

    /// Runs it and returns its output; a bad exit code is a failure that carries the program's own words.
    package func runSuccessfully(stop: StopSignal? = nil) throws(Failure) -> CommandResult {
        let result = try run(stop: stop)
        guard result.status.isSuccess else {
            let words = result.errorText.split(separator: "\n").suffix(5).joined(separator: " ")
            throw Failure(
                LinuxFault.commandFailed,
                "\(program.path) \(result.status)\(words.isEmpty ? "." : ": \(words)")", target: program.path)
        }
        return result
    }
}

/// Reads a pipe to its end on a thread of its own, keeps the first `limit` bytes.
private final class Collector: Sendable {
    private struct Contents: Sendable {
        var bytes: [UInt8] = []
        var isTruncated = false
    }

    private let contents = Mutex(Contents())
    private let isDone = Event()
    private let stop: StopSignal
    private let thread = Mutex<WorkerThread?>(nil)

    init(_ pipe: SharedDescriptor, limit: Int) throws(Failure) {
        stop = try StopSignal()
        let worker = try WorkerThread("command-output") { [self] in
            read(pipe, limit: limit)
            isDone.set()
        }
        thread.withLock { $0 = worker }
    }

    var bytes: [UInt8] { contents.withLock { $0.bytes } }
    var isTruncated: Bool { contents.withLock { $0.isTruncated } }

    func finish(within grace: Duration, killing group: Int32?) {
        if !isDone.wait(until: .after(grace)) {
            if let group { _ = ferry_kill_group(group, SIGKILL) }
            if !isDone.wait(until: .after(grace)) { stop.raise() }
        }
        thread.withLock { $0 }?.join()
    }

    private func read(_ pipe: SharedDescriptor, limit: Int) {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        pipe.withRaw { number in
            while true {
                do throws(Failure) {
                    try Readiness.wait(
                        number, for: Readiness.reading, until: .never, stop: stop, attempt: "read a pipe")
                } catch { return }
                // SAFETY: read writes at most `count` bytes into a buffer of that size.
                let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress!, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                contents.withLock { contents in
                    let room = limit - contents.bytes.count
                    contents.bytes.append(contentsOf: piece[..<min(count, room)])
                    if count > room { contents.isTruncated = true }
                }
            }
        }
    }
}

/// Writes the program's input on a thread of its own, so that neither side can block the other for ever.
private final class Feeder: Sendable {
    private let stop: StopSignal
    private let thread: WorkerThread?

    init(_ pipe: SharedDescriptor, _ bytes: [UInt8]) throws(Failure) {
        let stop = try StopSignal()
        self.stop = stop
        guard !bytes.isEmpty else {
            thread = nil
            return
        }
        thread = try WorkerThread("command-input") { Feeder.feed(pipe, bytes, stop) }
    }

    func finish() {
        stop.raise()
        thread?.join()
    }

    private static func feed(_ pipe: SharedDescriptor, _ bytes: [UInt8], _ stop: StopSignal) {
        pipe.withRaw { number in
            _ = ferry_set_nonblocking(number, 1)
            var done = 0
            while done < bytes.count {
                do throws(Failure) {
                    try Readiness.wait(
                        number, for: Readiness.writing, until: .never, stop: stop, attempt: "feed a pipe")
                } catch { return }
                // SAFETY: the buffer is valid within the closure and `done` never passes its end.
                let count = unsafe bytes.withUnsafeBytes {
                    unsafe write(number, $0.baseAddress! + done, $0.count - done)
                }
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                guard count > 0 else { return }
                done += count
            }
        }
    }
}
