import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// `ferry` over a real sshd on loopback, with keys and a port made for the test.
@Suite struct SecureShellTests {
    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `ssh host ferry -c runs a command and brings its exit code`() throws {
        let ferry = try FerryProgram()
        let server = try SecureShellServer(ferry)
        let result = try Command(
            "/usr/bin/ssh", server.client([], ["\(ferry.path) -c '\"from ssh: $(1 + 1)\"; exit 3'"])
        ).run()
        #expect(result.outputText == "from ssh: 2\n")
        #expect(result.status == .exited(3))
        let machines = try Command("/usr/bin/ssh", server.client([], ["\(ferry.path) -c Get-VM"])).run()
        #expect(machines.status == .exited(1))
        #expect(machines.errorText.contains("/nonexistent/ferryd.sock"))
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `ssh -t host ferry is a prompt`() throws {
        let ferry = try FerryProgram()
        let server = try SecureShellServer(ferry)
        let screen = try Expect(
            Program("/usr/bin/ssh", server.client(["-tt"], ["\(ferry.path) -NoLogo"]), environment: ferry.environment))
        try screen.expect("PS ")
        try screen.sendLine("'over ' + 'ssh'")
        try screen.expect("over ssh")
        try screen.sendLine("exit 4")
        #expect(try screen.waitForExit() == .exited(4))
    }
}
