import FerryCore
import FerryLinux
import FerryTestKit
import Testing

/// `ferry` over a real sshd on loopback, with keys and a port made for the test.
@Suite struct SecureShellTests {
    /// An sshd that lives as long as the object.
    private final class Server {
        let folder: TemporaryDirectory
        let port: UInt16
        private let process: ProcessHandle

        init(_ ferry: FerryProgram) throws {
            folder = try TemporaryDirectory()
            for name in ["host", "user"] {
                _ = try Command("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", folder.file(name)])
                    .runSuccessfully()
            }
            let key = try Command("/bin/cat", [folder.file("user.pub")]).runSuccessfully().outputText
            _ = try folder.write("authorized_keys", key)
            port = try Self.freePort()
            let settings = ferry.environment.filter { $0.key.hasPrefix("FERRY_") || $0.key == "NO_COLOR" }
            _ = try folder.write(
                "sshd_config",
                """
                Port \(port)
                ListenAddress 127.0.0.1
                HostKey \(folder.file("host"))
                AuthorizedKeysFile \(folder.file("authorized_keys"))
                PidFile none
                StrictModes no
                UsePAM no
                PermitRootLogin prohibit-password
                PasswordAuthentication no
                SetEnv \(settings.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " "))

                """)
            if try FileIdentity.ifPresent("/run/sshd") == nil {
                _ = try Command("/bin/mkdir", ["-p", "/run/sshd"]).runSuccessfully()
            }
            process = try Program("/usr/sbin/sshd", ["-D", "-e", "-f", folder.file("sshd_config")]).start()
            let deadline = Deadline.scaled(.seconds(20))
            while true {
                do {
                    _ = try StreamSocket.connect(to: "127.0.0.1", port: port, until: deadline)
                    break
                } catch {
                    if deadline.hasPassed { throw error }
                }
            }
        }

        deinit { _ = try? process.kill() }

        private static func freePort() throws -> UInt16 {
            let text = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
            let printed = try Command("/usr/bin/env", ["python3", "-c", text]).runSuccessfully().outputText
            return UInt16(printed.filter(\.isNumber)) ?? 0
        }

        func client(_ options: [String], _ words: [String]) -> [String] {
            [
                "-F", "none", "-i", folder.file("user"), "-p", "\(port)", "-o", "StrictHostKeyChecking=no", "-o",
                "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "BatchMode=yes",
            ] + options + ["127.0.0.1"] + words
        }
    }

    @Test(.needs(.root, .program("/usr/sbin/sshd", package: "openssh-server")))
    func `ssh host ferry -c runs a command and brings its exit code`() throws {
        let ferry = try FerryProgram()
        let server = try Server(ferry)
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
        let server = try Server(ferry)
        let screen = try Expect(
            Program("/usr/bin/ssh", server.client(["-tt"], ["\(ferry.path) -NoLogo"]), environment: ferry.environment))
        try screen.expect("PS ")
        try screen.sendLine("'over ' + 'ssh'")
        try screen.expect("over ssh")
        try screen.sendLine("exit 4")
        #expect(try screen.waitForExit() == .exited(4))
    }
}
