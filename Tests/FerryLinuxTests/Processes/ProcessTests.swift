import FerryCore
import FerryLinux
import FerryTestKit
import Glibc
import Testing

@Suite struct ProcessTests {
    private func shell(_ script: String) -> Program { Program("/bin/sh", ["-c", script]) }

    @Test func `output is appended to the file, input is empty, the environment is what was given`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("log", "before\n")
        var program = shell("cat; echo \"$COLOUR ${HOME-unset}\"; echo err >&2; umask")
        program.environment = ["COLOUR": "blue", "PATH": "/usr/bin:/bin"]
        program.output = .appending(folder.file("log"))
        program.error = .appending(folder.file("log"))
        program.umask = 0o027
        let process = try program.start()
        #expect(try process.waitForExit(until: .scaled(.seconds(20))) == .exited(0))
        let log = String(decoding: try DurableFile.read(folder.file("log")), as: UTF8.self)
        #expect(log == "before\nblue unset\nerr\n0027\n")
    }

    @Test func `a program gets the kept descriptors from 3 on and no other`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("one", "first")
        try folder.write("two", "second")
        let other = SharedDescriptor(try Descriptor.open(folder.file("one"), O_RDONLY))
        // Without close-on-exec, as a library of somebody else's may leave one behind.
        let stray = other.withRaw { dup2($0, 222) }
        defer { _ = close(stray) }
        var program = shell("cat <&3; cat <&4; ls -l /proc/self/fd | grep -c 'ferry-'")
        program.kept = [
            SharedDescriptor(try Descriptor.open(folder.file("two"), O_RDONLY)),
            SharedDescriptor(try Descriptor.open(folder.file("one"), O_RDONLY)),
        ]
        program.output = .appending(folder.file("out"))
        program.folder = "/"
        let process = try program.start()
        try process.waitForExit(until: .scaled(.seconds(20)))
        // Of the files of this test, ls sees descriptors 3 and 4; its output is a pipe.
        #expect(String(decoding: try DurableFile.read(folder.file("out")), as: UTF8.self) == "secondfirst2\n")
    }

    @Test func `signals are at their defaults in the program, whatever this process did`() throws {
        let folder = try TemporaryDirectory()
        var program = shell("grep -E '^Sig(Blk|Ign)' /proc/self/status")
        program.output = .appending(folder.file("out"))
        try program.start().waitForExit(until: .scaled(.seconds(20)))
        let out = String(decoding: try DurableFile.read(folder.file("out")), as: UTF8.self)
        // Signals 32 and 33 belong to the C library, which lets nobody set them.
        let masks = out.split(separator: "\n").compactMap { UInt64($0.split(separator: "\t")[1], radix: 16) }
        #expect(masks.count == 2)
        #expect(masks.allSatisfy { $0 & ~(3 << 31) == 0 }, "\(out)")
    }

    @Test func `a program that is not there is a failure and leaves no child`() throws {
        let failure = #expect(throws: Failure.self) { _ = try Program("/nonexistent/program").start() }
        #expect(failure?.is(LinuxFault.programMissing) == true)
        let folder = try TemporaryDirectory()
        try folder.write("text", "not a program", mode: 0o700)
        let second = #expect(throws: Failure.self) { _ = try Program(folder.file("text")).start() }
        #expect(second?.target == folder.file("text"))
    }

    @Test func `the end is noticed at once and told as code or signal`() throws {
        let process = try shell("exit 42").start()
        #expect(try process.waitForExit(until: .scaled(.seconds(20))) == .exited(42))
        #expect(process.exitStatus == .exited(42), "asked again")
        let sleeper = try shell("exec sleep 1000").start()
        #expect(sleeper.isAlive)
        #expect(sleeper.exitStatus == nil)
        let early = #expect(throws: Failure.self) { try sleeper.waitForExit(until: .after(.milliseconds(10))) }
        #expect(early?.is(LinuxFault.timedOut) == true)
        #expect(try sleeper.kill() == .killed(SIGKILL))
        #expect(!sleeper.isAlive)
        let gone = #expect(throws: Failure.self) { try sleeper.send(SIGTERM) }
        #expect(gone?.is(LinuxFault.processGone) == true)
        #expect(try sleeper.kill() == .killed(SIGKILL), "idempotent")
    }

    @Test func `a watch calls once, within a second, also for a process that is no child of ours`() throws {
        let folder = try TemporaryDirectory()
        // The shell leaves its child behind, which init adopts: what is left of a machine after ferryd's restart.
        let parent = try shell("sleep 1000 & echo $! > \(folder.file("pid"))").start()
        #expect(try parent.waitForExit(until: .scaled(.seconds(20))) == .exited(0))
        let text = String(decoding: try DurableFile.read(folder.file("pid")), as: UTF8.self)
        let pid = try #require(Int32(text.filter { !$0.isNewline }))
        let orphan = try ProcessHandle.of(pid)
        let status = Monitor<[FerryLinux.ExitStatus]>([])
        let watch = try ProcessWatch(orphan) { ended in status.update { $0.append(ended) } }
        let killedAt = ContinuousClock.now
        try orphan.send(SIGKILL)
        let seen = status.wait(until: .scaled(.seconds(20))) { $0.isEmpty ? nil : $0 }
        #expect(seen == [.unknown])
        #expect(killedAt.duration(to: .now) < scaled(.seconds(1)))
        watch.cancel()
        #expect(status.read { $0.count } == 1)
    }

    @Test func `a cancelled watch calls nobody`() throws {
        let process = try shell("exec sleep 1000").start()
        let called = Event()
        let watch = try ProcessWatch(process) { _ in called.set() }
        watch.cancel()
        try process.kill()
        #expect(!called.isSet)
    }

    @Test func `a process is adopted by number and start time, and never taken for another`() throws {
        let process = try shell("exec sleep 1000").start()
        let adopted = try ProcessHandle.adopt(process.pid, startTicks: process.startTicks)
        #expect(adopted?.pid == process.pid)
        #expect(try ProcessHandle.adopt(process.pid, startTicks: process.startTicks + 1) == nil)
        try process.kill()
        #expect(try ProcessHandle.adopt(process.pid, startTicks: process.startTicks) == nil)
    }

    @Test func `figures grow with use`() throws {
        let process = try shell("while :; do :; done").start()
        defer { _ = try? process.kill() }
        #expect(try eventually { try process.statistics().cpuTime >= .milliseconds(50) })
        #expect(try process.statistics().resident.bytes > 100_000)
    }

    @Test func `a detached program leads a session of its own and tells its group`() throws {
        let (process, group) = try Program("/bin/sleep", ["1000"]).startDetached(group: "ferry-test-\(getpid())")
        defer {
            _ = try? process.kill()
            if let group { ControlGroup.remove(group) }
        }
        #expect(getsid(process.pid) == process.pid)
        if let group {
            let members = String(decoding: try DurableFile.read("\(group)/cgroup.procs"), as: UTF8.self)
            #expect(members == "\(process.pid)\n")
        }
    }

    @Test func `a process survives the one that started it`() async throws {
        let folder = try TemporaryDirectory()
        let out = folder.file("pid")
        let starter = try shell(
            """
            /bin/sh -c 'echo $$ > \(out).new; mv \(out).new \(out); exec sleep 1000' & \
            while [ ! -e \(out) ]; do :; done; kill -9 $$
            """
        ).start()
        #expect(try starter.waitForExit(until: .scaled(.seconds(20))) == .killed(SIGKILL))
        let pid = try #require(
            Int32(String(decoding: try DurableFile.read(out), as: UTF8.self).filter { !$0.isNewline }))
        let survivor = try ProcessHandle.of(pid)
        #expect(survivor.isAlive)
        try survivor.kill()
    }
}
