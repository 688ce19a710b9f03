import FerryCore
import FerryLinux
import FerryTestKit
import Glibc
import Testing

@Suite struct CommandTests {
    @Test(.seeded) func `input goes in, both outputs come out, whatever their size`() throws {
        var generator = SeededGenerator(salt: "command")
        var command = Command("/bin/sh", ["-c", "cat; echo problem >&2; exit 3"])
        command.input = generator.bytes(2_000_000)
        let result = try command.run()
        #expect(result.output == command.input)
        #expect(result.errorText == "problem\n")
        #expect(result.status == .exited(3))
        #expect(!result.isTruncated)
    }

    @Test func `input that nobody reads neither blocks nor kills this process`() throws {
        var command = Command("/bin/true")
        command.input = [UInt8](repeating: 0, count: 4 << 20)
        #expect(try command.run().status == .exited(0))
    }

    @Test func `output above the limit is cut and said to be`() throws {
        var command = Command("/bin/sh", ["-c", "head -c 100000 /dev/zero"])
        command.outputLimit = 1000
        let result = try command.run()
        #expect(result.output.count == 1000)
        #expect(result.isTruncated)
    }

    @Test func `a program that takes too long is ended with everything it started`() throws {
        let folder = try TemporaryDirectory()
        var command = Command("/bin/sh", ["-c", "sleep 1000 & echo $! > \(folder.file("pid")); wait"])
        command.timeout = scaled(.seconds(1))
        let failure = #expect(throws: Failure.self) { _ = try command.run() }
        #expect(failure?.is(LinuxFault.timedOut) == true)
        let pid = try #require(
            Int32(String(decoding: try DurableFile.read(folder.file("pid")), as: UTF8.self).filter { !$0.isNewline }))
        #expect(eventually { (try? ProcessHandle.of(pid).isAlive) != true })
    }

    @Test func `a background child that holds the pipes does not hold the result`() throws {
        let start = ContinuousClock.now
        let result = try Command("/bin/sh", ["-c", "sleep 1000 & echo done"]).run()
        #expect(result.outputText == "done\n")
        #expect(start.duration(to: .now) < scaled(.seconds(20)))
    }

    @Test func `a failing program's own words are in the failure`() throws {
        let failure = #expect(throws: Failure.self) {
            _ = try Command("/bin/sh", ["-c", "echo the disk is on fire >&2; exit 1"]).runSuccessfully()
        }
        #expect(failure?.message.contains("the disk is on fire") == true)
        #expect(failure?.is(LinuxFault.commandFailed) == true)
    }

    @Test func `a missing program ends the attempt without leaving threads waiting`() throws {
        var command = Command("/nonexistent/program")
        command.input = [1, 2, 3]
        let failure = #expect(throws: Failure.self) { _ = try command.run() }
        #expect(failure?.is(LinuxFault.programMissing) == true)
    }

    @Test func `a raised stop ends the program as cancelled`() throws {
        let stop = try StopSignal()
        stop.raise()
        let failure = #expect(throws: Failure.self) { _ = try Command("/bin/sleep", ["1000"]).run(stop: stop) }
        #expect(failure?.is(LinuxFault.cancelled) == true)
    }
}
